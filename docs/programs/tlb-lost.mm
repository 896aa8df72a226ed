# Two threads give the same page up; the second finds no entry, so it must flush for the first, which has not yet.
mmfuzz 1
profile v6.18
without zap-flush
expect tlb stale-after-return
mmap p0 0 1 anon rw
store p0 0
start t0 dontneed p0 0
step t0 3
dontneed p0 0 by t4
