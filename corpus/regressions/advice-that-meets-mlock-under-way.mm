# Pages are locked before they are brought in: who discards them meanwhile is refused, and nothing of theirs is gone.
mmfuzz 1
profile v6.18
expect nothing
mmap p0 0 2 anon rw
store p0 1
start t0 mlock p0 0 2
step t0 3
dontneed p0 0 2 by t4
remove p0 0 2 by t4
load p0 1 by t4
step t0 20
swapout p0 1
load p0 1
