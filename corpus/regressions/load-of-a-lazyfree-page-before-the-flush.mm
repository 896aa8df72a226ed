# A lazyfree page that reclaim discards is still read through a translation until the flush that it owes.
mmfuzz 1
profile v6.18
expect nothing
mmap p0 0 2 anon rw
start t0 store p0 0
step t0 4
step t0 3
free p0 0 2
load p0 0 by t4
start t8 swapout p0 0
step t8 3
load p0 0 by t4
