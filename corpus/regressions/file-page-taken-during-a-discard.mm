# A page of a file that a pin took while a discard ran is where it was taken, wherever else it is mapped.
mmfuzz 1
profile v6.18
expect nothing
mmap p0 0 1 memfd i0@0 rw
load p0 0
mmap p0 1 1 memfd-private i0@0 r
load p0 1
start t0 pin p0 0 1 rw fast -> g0
step t0 3
dontneed p0 0 1 by t4
step t0 2
store p0 0
devread g0 0
