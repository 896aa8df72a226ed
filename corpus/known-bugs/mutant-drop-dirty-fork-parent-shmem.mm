# Generated fault drop:dirty@fork-parent@shmem: rarely met by generated programs, so it is kept for `bugs --matrix`.
# A page that UFFDIO_CONTINUE maps dirty is used before the fork, and its translation lives on.
mmfuzz 1
profile v6.18
mutant drop:dirty@fork-parent@shmem
expect tlb stale-rights
mmap p0 0 1 memfd-private i0@0 r
uffd p0 -> u0
register u0 0 1
write i0 0
continue u0 0 1
load p0 0
fork p0 -> p1
