# UFFDIO_WRITEPROTECT over a range: two registered mappings, as mprotect of a half leaves them; 6.4.
mmfuzz 1
profile v6.4
expect nothing
mmap p0 0 4 anon none
uffd p0 -> u0
register u0 0 4
mprotect p0 0 2 rw
store p0 0
store p0 1
wp u0 0 4 = ok
store p0 0 = blocked
store p0 1 by t4 = blocked
