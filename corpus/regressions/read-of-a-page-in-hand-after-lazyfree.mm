# A device reads zeros where a lazily freed page was, while reclaim has the entry in hand and puts it back: the
# protection of the new page has not gone.
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
uffd p0 -> u0 wp-async
register u0 0 1
store p0 0
free p0 0 1
start t0 free p0 0 1
step t0 2
swapout p0 0
pin p0 0 1 r longterm -> g0 by t4
scan p0 0 1 wp
start t8 swapout p0 0
step t0 5
step t8 2
devread g0 0
step t8 2
