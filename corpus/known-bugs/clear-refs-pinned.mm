# clear-refs-pinned: mm: don't play games with pinned pages in clear_page_refs (v5.11)
# With the fix off: clear_refs write-protects a page that may be pinned, and the next store leaves the pin
# behind.
mmfuzz 1
profile v5.18
without clear-refs-pinned
expect pin-coherent page-replaced
mmap p0 0 1 anon rw
pin p0 0 1 rw -> g0
clear-refs p0
store p0 0
