# A guard comes and goes while MADV_FREE is under way: what is there next may still be freed lazily.
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
with hole-marker
with scan-migration
with fill-keeps-guard
with guard-over-marker
with guard-flush
expect nothing
mmap p0 0 1 anon rw
uffd p0 -> u0 wp-async
register u0 0 1
start t4 free p0 0 1
guard p0 0 1
unguard p0 0 1
scan p0 0 1 wp
start t0 store p0 0
step t0 3
step t4 7
swapout p0 0
