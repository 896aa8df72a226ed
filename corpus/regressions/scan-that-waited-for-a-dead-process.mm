# A scan had waited for mmap_lock of a process that has exited meanwhile: no other process takes its place before the
# scan has let go (1 in 10^9 operations).
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
expect nothing
fork p0 -> p1
mmap p0 0 1 anon r
start t8 swapoff
step t8 2
start t0 exit p0
step t8 5
uffd p0 -> u0
start t8 register u0 0 1
start t9 scan p0 0 1
step t8 2
step t0 7
step t9 1
fork p1 -> p0
