# Generated fault invent:write@wp-async@shmem: rarely met by generated programs, so it is kept for `bugs --matrix`.
# Another thread stores into the file while the first is still making its copy.
mmfuzz 1
profile v6.18
mutant invent:write@wp-async@shmem
expect cow-isolation file-holds-foreign
mmap p0 0 1 memfd-private i0@0 rw
load p0 0
uffd p0 -> u0 wp-async
register u0 0 1
start t0 store p0 0
wp u0 0 1
step t0 2
store p0 0 by t4
