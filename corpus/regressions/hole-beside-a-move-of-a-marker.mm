# A hole beside an mremap: the marker that it leaves moves on, and is to be looked for where it comes to.
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
load p0 0
uffd p0 -> u0 event-remap event-unmap
register u0 0 1
wp u0 0 1
start t0 mremap p0 0 1 -> 1
start t8 swapout p0 0
punch i0 0 by t9
step t0 8
step t8 4
step t0 6
