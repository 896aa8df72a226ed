# Two mmaps of the same shared memory: that the first has begun to zap what it replaces hid what it will make.
mmfuzz 1
profile v6.18
expect nothing
mmap p0 0 1 anon r
start t4 mmap p0 0 1 shared i0 rw fixed
start t0 mmap p0 0 1 shared i0 r fixed
step t4 6
store p0 0 by t4
step t0 8
