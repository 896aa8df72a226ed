# fork flushed only what it had write-protected; a flush that reclaim had put off was still to come, and a thread of the parent stored into a page whose swap entry the child had too.
mmfuzz 1
profile v6.18
expect nothing
mmap p0 0 2 anon rw
start t0 store p0 0
start t4 store p0 0
step t0 2
step t0 2
step t4 3
start t4 fork p0 -> p1
start t8 swapout p0 0
step t8 1
step t8 1
step t8 1
step t8 1
step t4 12
store p0 0 by t4
step t8 3
