# page-count-cow: mm: remember exclusively mapped anonymous pages with PG_anon_exclusive (v5.19)
# With the fix off: do_wp_page copies as soon as anyone else holds a reference, so a pinned page is left behind.
mmfuzz 1
profile v5.19
without page-count-cow
expect pin-coherent page-replaced
mmap p0 0 1 anon rw
store p0 0
clear-refs p0
pin p0 0 1 r -> g0
store p0 0
