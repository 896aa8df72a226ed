# UFFDIO_WRITEPROTECT over a range: only mappings that are not registered; 6.4.
mmfuzz 1
profile v6.4
expect nothing
mmap p0 0 4 anon rw
uffd p0 -> u0
register u0 0 4
store p0 0
store p0 3
unregister u0 0 4
wp u0 0 4 = ENOENT
store p0 0 = ok
store p0 3 by t4 = ok
