# uffd-tlb-flush: mm/userfaultfd: fix memory corruption due to writeprotect (v5.12)
# With the fix off: do_wp_page copies while another CPU still stores through a translation that awaits its
# flush.
mmfuzz 1
profile v5.18
without uffd-tlb-flush
expect cow-isolation wrong-content
mmap p0 0 1 anon rw
pin p0 0 1 rw -> g0
uffd p0 -> u0
register u0 0 1
start t0 pin p0 0 1 r fast -> g1
unwp u0 0 1
store p0 0 by t4
devwrite g0 0
step t0 1
