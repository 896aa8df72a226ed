# UFFDIO_MOVE of a swap entry whose page somebody is just reading into the swap cache.
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
register u0 1 1
store p0 0
pageout p0 0 1
start t8 move u0 0 1 -> 1 holes
start t9 swapoff
step t8 2
step t9 3
step t8 1
