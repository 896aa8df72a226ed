# Generated fault drop:dirty@cold@shmem: rarely met by generated programs, so it is kept for `bugs --matrix`.
# The entry was mapped writable and clean, so that only the entry knows of the store.
mmfuzz 1
profile v6.18
mutant drop:dirty@cold@shmem
expect dirty-not-lost inode-content-lost
mmap p0 0 1 shared i0 r
uffd p0 -> u0
register u0 0 1
copy u0 0 1
cold p0 0 1
swapout p0 0
