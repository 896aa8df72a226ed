# UFFDIO_WRITEPROTECT over a range: a part of one registered mapping; the last release before 6.4.
mmfuzz 1
profile v6.3
expect nothing
mmap p0 0 4 anon rw
uffd p0 -> u0
register u0 0 4
store p0 0
store p0 3
wp u0 2 2 = ok
store p0 0 = ok
store p0 3 = blocked
