# An mmap of shared memory that waits for its lock will make it: nobody else may make what has the same name meanwhile.
mmfuzz 1
profile v6.18
expect nothing
mmap p0 0 1 anon rw
start t0 dontneed p0 0 1
start t4 mmap p0 0 1 shared i0 r fixed
step t0 6
mmap p0 0 1 shared i0 rw fixed
store p0 0
step t4 8
