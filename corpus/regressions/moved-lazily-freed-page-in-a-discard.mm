# A page that was freed lazily is moved into a range while a MADV_DONTNEED of it is under way: it stays one that
# reclaim may take, and its protection with it.
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
mmap p0 0 2 anon rw
store p0 1
free p0 1 1
uffd p0 -> u0
register u0 0 1
start t0 dontneed p0 0 1
step t0 3
move u0 1 1 -> 0 holes
step t0 3
wp u0 0 1
swapout p0 0
