# A store behind one mapping's part of a MADV_DONTNEED that tells its manager was taken for one that races with it.
mmfuzz 1
profile v6.18
with clear-refs-migration
with clear-refs-pinned-mark
with madv-free-shared
with register-resets-protection
with unregister-wakes-all
expect nothing
mmap p0 0 2 anon rw
uffd p0 -> u0 event-remove
register u0 0 16
start t0 dontneed p0 0 1
step t0 3
get p0 0 2 r -> g0 by t4
read u0
step t0 3
start t4 store p0 0
step t0 3
step t4 2
step t0 1
step t0 1
step t4 3
step t0 1
store p0 0 by t4
