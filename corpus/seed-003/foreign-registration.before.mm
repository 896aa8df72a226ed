# UFFDIO_WRITEPROTECT over a range: REGISTER of a range of which another userfaultfd has a part; the last release before 6.4.
mmfuzz 1
profile v6.3
expect nothing
mmap p0 0 4 anon rw
uffd p0 -> u0
uffd p0 -> u1
register u1 2 2
store p0 0
store p0 3
register u0 0 4 = EBUSY
wp u0 0 2 = ENOENT
store p0 0 = ok
store p0 3 by t4 = ok
