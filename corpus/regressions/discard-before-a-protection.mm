# A lazyfree page is discarded while a write-protection of it is under way, which then finds nothing there.
mmfuzz 1
profile v6.18
with clear-refs-migration
with clear-refs-pinned-mark
with madv-free-shared
expect nothing
mmap p0 0 4 anon rw
uffd p0 -> u0
register u0 0 16
store p0 0
start t0 free p0 0 1
step t0 6
start t9 wp u0 0 1
start t8 swapout p0 0
step t8 20
step t9 20
