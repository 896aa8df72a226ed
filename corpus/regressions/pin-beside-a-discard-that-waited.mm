# Who takes a page by the fast path while a discard that waited for its manager ends need not have what is mapped then.
mmfuzz 1
profile v6.18
with clear-refs-migration
with clear-refs-pinned-mark
with madv-free-shared
with lazyfree-flush
with register-resets-protection
with unregister-wakes-all
with move-uffd-clear
with poison-resolve
expect nothing
mmap p0 0 1 anon rw
uffd p0 -> u0 event-remove
register u0 0 1
store p0 0
start t0 dontneed p0 0 1
step t0 2
read u0
step t0 3
start t4 pin p0 0 2 r fast -> g0
step t4 5
step t0 6
step t4 3
