# uffd-tlb-flush: mm/userfaultfd: fix memory corruption due to writeprotect (v5.12)
# With the fix off: do_wp_page copies while another CPU still stores through a translation that awaits its
# flush.
mmfuzz 1
profile v5.18
without uffd-tlb-flush
expect cow-isolation wrong-content
mmap p0 0 1 anon rw
uffd p0 -> u0
register u0 0 1
start t0 store p0 0
start t8 unwp u0 0 1
store p0 0 by t4
get p0 0 1 r -> g0 by t4
step t8 3
step t0 4
store p0 0 by t4
step t0 2
