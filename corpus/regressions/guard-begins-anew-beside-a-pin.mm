# MADV_GUARD_INSTALL that meets faults three times drops mmap_lock and begins anew: what was pinned between two of its
# discards is its owner's no more from then on.
mmfuzz 1
profile v6.18
with clear-refs-migration
with clear-refs-pinned-mark
with lazyfree-flush
with madv-free-shared
with move-uffd-clear
with poison-resolve
with hole-marker
with register-resets-protection
with scan-migration
with unregister-wakes-all
with fill-keeps-guard
with guard-over-marker
with guard-flush
expect nothing
mmap p0 0 1 anon rw
load p0 0
start t0 guard p0 0 1
step t0 5
load p0 0 by t4
step t0 9
pin p0 0 1 rw -> g0 by t4
step t0 11
load p0 0 by t4
