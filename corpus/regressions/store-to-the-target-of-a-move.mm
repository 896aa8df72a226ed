# UFFDIO_MOVE between two page tables keeps both locks from the look at the pins to the end, so a store to the target
# waits. (A fault put in by hand, without the second lock, showed that nothing else in the suite asks for it.)
mmfuzz 1
profile v6.18
with lazyfree-flush
with madv-free-shared
expect nothing
mmap p0 0 8 anon rw
uffd p0 -> u0
register u0 0 16
store p0 4 by t4
start t8 move u0 4 1 -> 0 holes
step t8 3
step t8 1
store p0 0
step t8 2
