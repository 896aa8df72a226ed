# WRITEPROTECT passes over a poisoned page, so that what PAGEMAP_SCAN has protected there stays protected.
mmfuzz 1
profile v6.18
expect nothing
mmap p0 0 1 shared i0 r
uffd p0 -> u0 wp-async
register u0 0 1
poison u0 0 1
scan p0 0 1 wp
wp u0 0 1
dontneed p0 0 1
