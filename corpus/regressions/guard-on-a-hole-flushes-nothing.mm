# Guards are put where something is mapped: a translation of what has moved away is not theirs to flush.
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
mmap p0 0 1 memfd i0@0 r
load p0 0
start t0 mremap p0 0 1 -> 1
start t8 punch i0 0
step t0 5
step t8 2
step t0 9
guard p0 0 1
