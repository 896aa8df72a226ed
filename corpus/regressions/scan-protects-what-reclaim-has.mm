# PAGEMAP_SCAN protects a swap entry whose flush reclaim still owes: it must flush as well.
mmfuzz 1
profile v6.18
expect nothing
mmap p0 0 2 anon rw
uffd p0 -> u0 wp-async
register u0 0 16
store p0 0 by t4
start t9 swapout p0 0
step t9 1
step t9 1
scan p0 0 1 wp
step t9 1
step t9 1
start t4 store p0 0
