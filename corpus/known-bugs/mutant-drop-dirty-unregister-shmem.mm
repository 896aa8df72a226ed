# Generated fault drop:dirty@unregister@shmem: rarely met by generated programs, so it is kept for `bugs --matrix`.
# The page was mapped writable and clean by a load, so that only the entry knows of the store.
mmfuzz 1
profile v6.18
mutant drop:dirty@unregister@shmem
expect dirty-not-lost inode-content-lost
mmap p0 0 1 shared i0 rw
load p0 0
store p0 0
uffd p0 -> u0
register u0 0 1
unregister u0 0 1
swapout p0 0
