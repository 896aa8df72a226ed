# A guard that meets faults again and again begins anew, and has not touched the second mapping yet.
mmfuzz 1
profile v6.18
with clear-refs-migration
with clear-refs-pinned-mark
with dontunmap-keeps-lock
with mremap-tells-first
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
mmap p0 0 2 anon rw
load p0 0
uffd p0 -> u0
register u0 0 1
store p0 1
start t0 guard p0 0 2
step t0 7
load p0 0 by t4
step t0 7
copy u0 0 1
step t0 11
