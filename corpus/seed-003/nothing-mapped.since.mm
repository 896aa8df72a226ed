# UFFDIO_WRITEPROTECT over a range: nothing mapped at all; 6.4.
mmfuzz 1
profile v6.4
expect nothing
mmap p0 0 4 anon rw
uffd p0 -> u0
register u0 0 4
store p0 0
store p0 3
wp u0 8 4 = ENOENT
store p0 0 = ok
store p0 3 by t4 = ok
