# The reference memory did not remember what a file held when a page was copied under a discard in flight.
mmfuzz 1
profile v6.18
expect nothing
mmap p0 0 2 file i1@0 rw
start t4 dontneed p0 0 1
get p0 0 1 rw -> g0
write i1 0
start t0 fork p0 -> p3
write i1 0
