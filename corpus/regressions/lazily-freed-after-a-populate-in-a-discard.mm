# A page that comes to be there while a MADV_DONTNEED is under way is freed lazily: reclaim may take it when the
# discard is over, and its protection with it.
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
uffd p0 -> u0
register u0 0 1
start t0 dontneed p0 0 1
step t0 2
populate p0 0 1 rw by t4
free p0 0 1 by t4
step t0 4
wp u0 0 1
swapout p0 0
