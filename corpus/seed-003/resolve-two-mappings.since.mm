# UFFDIO_WRITEPROTECT over a range: resolve over two registered mappings wakes who waits in either; 6.4.
mmfuzz 1
profile v6.4
expect nothing
mmap p0 0 4 anon rw
uffd p0 -> u0
register u0 0 4
store p0 0
store p0 3
wp u0 0 4
mprotect p0 2 2 r
store p0 0 = blocked
unwp u0 0 4 = ok
load p0 0 = ok
