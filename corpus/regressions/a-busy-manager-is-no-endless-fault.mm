# A store that faults again because others protected and swapped its page out meanwhile is in no endless loop.
mmfuzz 1
profile v6.18
with lazyfree-flush
with madv-free-shared
expect nothing
mmap p0 0 1 anon rw
uffd p0 -> u0 wp-async
register u0 0 1
scan p0 0 1 wp
start t0 store p0 0
step t0 7
free p0 0 1 by t4
swapout p0 0
scan p0 0 1 wp
step t0 10
free p0 0 1 by t4
swapout p0 0
step t0 3
scan p0 0 1 wp
step t0 6
swapout p0 0
start t8 scan p0 0 1 wp
step t0 10
step t8 4
free p0 0 1 by t4
step t0 3
step t8 4
step t0 4
swapout p0 0
scan p0 0 1 wp
step t0 10
swapout p0 0
step t0 2
