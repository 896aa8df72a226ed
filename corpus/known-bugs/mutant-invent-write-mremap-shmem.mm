# Generated fault invent:write@mremap@shmem: rarely met by generated programs, so it is kept for `bugs --matrix`.
# A read-only mapping is moved.
mmfuzz 1
profile v6.18
mutant invent:write@mremap@shmem
expect errno wrong-result
mmap p0 0 1 shared i0 r
uffd p0 -> u0
register u0 0 1
copy u0 0 1
mremap p0 0 1 -> 8
store p0 8
