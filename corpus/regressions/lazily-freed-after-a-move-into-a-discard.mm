# A page that was moved into a range while a MADV_DONTNEED of it was under way is freed lazily: its contract is not
# over with the discard's, so that reclaim may take the page and its protection.
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
uffd p0 -> u0
register u0 0 1
store p0 1
start t0 dontneed p0 0 1
step t0 2
move u0 1 1 -> 0
free p0 0 1 by t4
step t0 4
wp u0 0 1
swapout p0 0
