# UFFDIO_WRITEPROTECT over a range: a hole, then a registered mapping; 6.4.
mmfuzz 1
profile v6.4
expect nothing
mmap p0 0 4 anon rw
uffd p0 -> u0
register u0 0 4
store p0 0
store p0 3
munmap p0 0 2
wp u0 0 4 = ok
store p0 3 = blocked
