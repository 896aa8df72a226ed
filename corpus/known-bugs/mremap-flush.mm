# mremap-flush: mremap: properly flush TLB before releasing the page (v4.19)
# With the fix off: mremap flushes the old range only when anybody can have the moved pages already.
mmfuzz 1
profile v6.18
without mremap-flush
with clear-refs-migration
with clear-refs-pinned-mark
with madv-free-shared
expect tlb freed-page
mmap p0 0 1 shared i0 r
load p0 0
start t0 mremap p0 0 1 -> 1
step t0 11
migrate p0 0
