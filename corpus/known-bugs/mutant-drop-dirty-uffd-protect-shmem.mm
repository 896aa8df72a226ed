# Generated fault drop:dirty@uffd-protect@shmem: rarely met by generated programs, so it is kept for `bugs --matrix`.
# The page was mapped writable and clean by a load, so that only the entry knows of the store.
mmfuzz 1
profile v6.18
mutant drop:dirty@uffd-protect@shmem
expect dirty-not-lost inode-content-lost
mmap p0 0 1 shared i0 rw
load p0 0
store p0 0
uffd p0 -> u0
register u0 0 1
wp u0 0 1
swapout p0 0
