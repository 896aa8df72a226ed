# A munmap that was refused for want of a mapping was held to have discarded its range.
mmfuzz 1
profile v6.18
expect nothing
mmap p0 0 8 anon rw
mmap p0 8 8 memfd i0@0 rw
store p0 3
mprotect p0 9 1 none by t4
mprotect p0 15 1 r
mprotect p0 11 2 r by t4
start t8 swapout p0 3
step t8 1
step t8 1
munmap p0 3 1
