# An exit that kills a thread in MADV_HWPOISON took another thread's handle away, though that call has none.
mmfuzz 1
profile v6.18
expect nothing
fork p0 -> p1
mmap p0 0 1 shared i0 r
fork p0 -> p2
start t0 get p0 0 1 r -> g0
start t8 swapoff
step t8 4
exit p1
start t5 memory-failure p1 0
step t8 1
get p2 0 1 r -> g0
step t0 5
