# A forced write into the page that UFFDIO_MOVE has in hand was expected to be lost.
mmfuzz 1
profile v6.18
with clear-refs-migration
with clear-refs-pinned-mark
with madv-free-shared
with move-uffd-clear
with register-resets-protection
with unregister-wakes-all
expect nothing
mmap p0 0 4 anon rw
uffd p0 -> u0
register u0 0 16 missing
zeropage u0 1 1
move u0 1 1 -> 2 holes
start t8 force-write p0 2
step t8 2
step t8 2
step t8 2
step t8 1
start t9 move u0 2 1 -> 3
step t8 1
step t8 1
step t9 4
step t8 1
step t9 2
