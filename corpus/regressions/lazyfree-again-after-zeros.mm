# A second MADV_FREE makes the page of zeros lazyfree that came after the first: that zeros are read is no end of it.
mmfuzz 1
profile v6.18
with clear-refs-migration
with clear-refs-pinned-mark
with madv-free-shared
with register-resets-protection
with unregister-wakes-all
expect nothing
mmap p0 0 2 anon rw
uffd p0 -> u0 wp-async
register u0 0 16
start t0 store p0 0
start t4 store p0 0
step t4 1
step t4 3
start t8 swapout p0 0
step t4 1
step t8 2
step t0 4
step t8 7
store p0 0 by t4
start t8 swapout p0 0
free p0 0 1 by t4
step t8 20
step t0 1
start t9 swapout p0 0
start t4 free p0 0 2
step t4 1
step t4 3
step t4 2
scan p0 0 1 wp check
step t4 1
step t4 1
load p0 0 by t4
step t9 3
