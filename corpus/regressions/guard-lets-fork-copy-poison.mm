# A guard in a mapping of shared memory makes fork copy its page tables, and with them the poison beside it.
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
mmap p0 0 2 shared i0 r
guard p0 1 1
uffd p0 -> u0
register u0 0 1
poison u0 0 1
fork p0 -> p1
load p1 0
