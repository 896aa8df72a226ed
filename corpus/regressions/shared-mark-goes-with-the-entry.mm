# A store through the translation of a zapped entry of shared memory leaves no soft-dirty mark.
mmfuzz 1
profile v6.18
expect nothing
mmap p0 0 2 memfd i0@0 rw
clear-refs p0
store p0 0
start t0 dontneed p0 0 2
step t0 1
store p0 0 by t4
step t0 1
load p0 1 by t4
store p0 0 by t4
step t0 3
step t0 3
load p0 0
