# Generated fault drop:soft_dirty@fork-parent@shmem: rarely met by generated programs, so it is kept for `bugs
# --matrix`. Fork comes upon a migration entry of shared memory, which a registered child copies (EVENT_FORK).
mmfuzz 1
profile v6.18
mutant drop:soft_dirty@fork-parent@shmem
expect soft-dirty-complete not-reported
mmap p0 0 1 shared i0 rw
clear-refs p0
uffd p0 -> u0 event-fork
register u0 0 1
store p0 0
start t9 migrate p0 0
step t9 4
fork p0 -> p1
