# A fault on a stale anonymous entry read a slot that shared memory had got meanwhile, and left the page in the swap cache as an anonymous one.
mmfuzz 1
profile v6.18
swap asynchronous
expect nothing
mmap p0 0 2 anon rw
mmap p0 8 2 memfd i0@0 rw
get p0 1 1 rw fast -> g2 by t4
start t8 swapout p0 1
step t8 1
step t8 3
step t8 1
step t8 1
step t8 1
start t0 store p0 1
step t0 1
store p0 8 by t4
start t4 dontneed p0 1 1
step t4 3
swapout p0 8
step t4 3
step t0 1
step t0 1
step t0 1
step t4 1
store p0 8 by t4
