# A memfd is written while migration has the entry of a private copy of it in hand, and a discard that was under way
# has left open whether there is a copy: the page may hold what the memfd held before.
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
mmap p0 0 1 memfd-private i0@0 r
force-write p0 0
dontneed p0 0 1
mmap p0 4 1 memfd i0@0 rw
uffd p0 -> u0
register u0 0 1
continue u0 0 1 wp
start t0 dontneed p0 0 1
step t0 3
force-write p0 0
start t9 migrate p0 0
step t9 3
step t0 4
store p0 4
step t9 5
