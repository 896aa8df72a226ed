# A page that moves with EVENT_REMAP was expected to be protected still, which a resolve that only has to wake resolved.
mmfuzz 1
profile v6.18
with clear-refs-migration
with clear-refs-pinned-mark
with madv-free-shared
with register-resets-protection
with unregister-wakes-all
expect nothing
mmap p0 0 2 memfd i0@0 rw
uffd p0 -> u0 event-remap event-unmap
register u0 0 16
store p0 1
wp u0 1 1
start t8 unwp u0 1 1
step t8 1
mremap p0 1 1 -> 9
step t8 9
