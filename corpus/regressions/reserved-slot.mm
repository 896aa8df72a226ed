# A fault on shared memory did not wait for a fault on a stale entry that had reserved the slot.
mmfuzz 1
profile v6.18
expect nothing
mmap p0 0 2 anon rw
mmap p0 8 2 memfd i0@0 rw
store p0 0
clear-refs p0
start t4 store p0 8
step t4 12
start t9 swapout p0 8
start t4 get p0 0 1 rw -> g0
step t4 2
step t4 1
step t4 1
swapout p0 0
start t0 load p0 0
step t9 1
step t9 1
step t0 1
step t9 1
step t4 1
step t9 1
step t4 1
step t4 3
step t9 1
step t9 1
step t0 1
step t4 2
store p0 8 by t4
