# A poison marker that PAGEMAP_SCAN has protected is protected no more when its userfaultfd is closed (on the repaired
# kernel: 6.18 leaves the bit, see docs/findings.md).
mmfuzz 1
profile v6.18
with poison-resolve
expect nothing
mmap p0 0 2 memfd i0@0 rw
uffd p0 -> u0 wp-async
register u0 0 16
poison u0 1 1
scan p0 1 1 wp
close u0
uffd p0 -> u0
register u0 1 1 wp minor
dontneed p0 1 1
