# zap-flush: mm: fix MADV_[FREE|DONTNEED] TLB flush miss problem (v4.13)
# With the fix off: a second zapper finds nothing, flushes nothing, and returns while translations still live.
mmfuzz 1
profile v6.18
without zap-flush
with clear-refs-migration
with clear-refs-pinned-mark
expect tlb stale-after-return
mmap p0 0 1 anon r
load p0 0
start t0 dontneed p0 0 1
step t0 2
dontneed p0 0 1 by t4
