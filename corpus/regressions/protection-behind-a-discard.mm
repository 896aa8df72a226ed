# Reclaim is about to discard a lazyfree page when it is write-protected: the protection finds nothing there.
mmfuzz 1
profile v6.18
with clear-refs-migration
with clear-refs-pinned-mark
with madv-free-shared
expect nothing
mmap p0 0 2 anon rw
uffd p0 -> u0
register u0 0 16
store p0 0
start t8 swapout p0 0
free p0 0 1
start t9 wp u0 0 1
step t8 3
step t9 20
step t8 20
store p0 0
