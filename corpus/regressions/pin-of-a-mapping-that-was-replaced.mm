# A pin of a shared page was taken for one of the private mapping that replaced its own meanwhile.
mmfuzz 1
profile v6.18
expect nothing
mmap p0 0 2 memfd i0@0 rw
store p0 1 by t4
start t0 pin p0 1 1 rw fast -> g0
step t0 2
step t0 1
munmap p0 1 1 by t4
mmap p0 1 4 memfd-private i0@1 rw by t4
step t0 9
devwrite g0 0
