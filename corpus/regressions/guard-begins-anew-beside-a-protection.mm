# Protection that goes with a discard of MADV_GUARD_INSTALL is not lost, though the call begins anew before its guard is there.
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
mmap p0 0 1 anon r
load p0 0
uffd p0 -> u0
register u0 0 1
start t0 guard p0 0 1
wp u0 0 1
step t0 5
load p0 0 by t4
step t0 9
load p0 0 by t4
step t0 11
load p0 0 by t4
