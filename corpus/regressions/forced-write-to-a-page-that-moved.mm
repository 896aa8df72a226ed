# A forced write took its page before UFFDIO_MOVE moved it: it was expected to be lost.
mmfuzz 1
profile v6.18
with clear-refs-migration
with clear-refs-pinned-mark
with madv-free-shared
with move-uffd-clear
with register-resets-protection
with unregister-wakes-all
expect nothing
mmap p0 0 2 anon rw
uffd p0 -> u0
register u0 0 16
start t0 store p0 0
step t0 3
start t9 force-write p0 0
step t9 1
move u0 0 1 -> 1 holes
step t9 20
load p0 1
