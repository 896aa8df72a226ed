# Between move and flush of mremap a store goes through the old place, and the pipe was filled at the new one.
mmfuzz 1
profile v6.18
expect nothing
mmap p0 0 1 anon rw
start t8 clear-refs p0
start t0 mremap p0 0 1 -> 8
step t8 3
store p0 0 by t4
step t0 11
vmsplice p0 8 1 fast -> g0 by t4
store p0 0 by t4
pipe-read g0
