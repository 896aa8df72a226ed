# Generated fault drop:dirty@pagemap-scan@shmem: rarely met by generated programs, so it is kept for `bugs --matrix`.
# The entry was mapped writable and clean, so that only the entry knows of the store.
mmfuzz 1
profile v6.18
mutant drop:dirty@pagemap-scan@shmem
expect dirty-not-lost inode-content-lost
mmap p0 0 1 shared i0 r
uffd p0 -> u0 wp-async
register u0 0 1
copy u0 0 1
scan p0 0 1 wp
swapout p0 0
