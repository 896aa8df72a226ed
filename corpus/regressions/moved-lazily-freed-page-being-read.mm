# UFFDIO_MOVE of a swap entry that was freed lazily before and whose page is being read in: its zeros were taken for what
# MADV_FREE leaves.
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
swap asynchronous
expect nothing
mmap p0 0 2 anon rw
uffd p0 -> u0
register u0 1 1
start t0 free p0 0 1
start t4 store p0 0
step t0 4
force-write p0 0
step t0 3
swapout p0 0
start t0 load p0 0
start t8 move u0 0 1 -> 1
step t0 1
step t4 4
step t0 1
swapout p0 0 by t9
step t8 2
step t0 4
step t8 1
step t0 2
