# fork has to copy a pinned page, and cannot while its memory fails: ENOMEM.
mmfuzz 1
profile v6.18
expect nothing
mmap p0 0 1 anon rw
pin p0 0 1 rw -> g0
start t0 memory-failure p0 0
step t0 5
fork p0 -> p1 by t4
