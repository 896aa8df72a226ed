# A hole beside an mremap: the protection of a private copy that moves meanwhile, which no hole touches, was forgotten.
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
mmap p0 1 1 memfd i0@0 r
uffd p0 -> u0 event-remap event-unmap
register u0 0 1
start t9 migrate p0 0
wp u0 0 1
step t9 3
remove p0 1 1
mremap p0 0 1 -> 4 by t4
step t9 1
