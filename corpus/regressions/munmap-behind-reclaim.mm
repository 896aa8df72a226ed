# munmap passed over an entry that reclaim had just taken out, and returned while its translation still lived.
mmfuzz 1
profile v6.18
expect nothing
mmap p0 8 2 memfd i0@0 rw
store p0 8
start t4 store p0 8
start t8 swapout p0 8
start t4 munmap p0 8 1
step t4 1
step t8 3
step t4 2
step t4 3
store p0 8 by t4
