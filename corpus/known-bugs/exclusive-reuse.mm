# exclusive-reuse: mm: remember exclusively mapped anonymous pages with PG_anon_exclusive (v5.19)
# With the fix off: do_wp_page ignores PageAnonExclusive and judges by the reference count, so a pin forces a
# copy.
mmfuzz 1
profile v5.19
without exclusive-reuse
expect pin-coherent page-replaced
mmap p0 0 1 anon rw
store p0 0
clear-refs p0
pin p0 0 1 r -> g0
store p0 0
