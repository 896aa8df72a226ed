# UFFDIO_WRITEPROTECT over a range: one registered mapping; 6.4.
mmfuzz 1
profile v6.4
expect nothing
mmap p0 0 4 anon rw
uffd p0 -> u0
register u0 0 4
store p0 0
store p0 3
wp u0 0 4 = ok
store p0 0 = blocked
store p0 3 by t4 = blocked
unwp u0 0 1 = ok
unwp u0 3 1 = ok
