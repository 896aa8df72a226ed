# A guard that a locked mapping refuses discards nothing, while it is under way either.
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
load p0 0
start t0 guard p0 0 1
step t0 4
load p0 0 by t4
step t0 10
store p0 0 by t4
mlock p0 0 1 by t4
step t0 11
step t0 1
store p0 0 by t4
