# The zero page that UFFDIO_ZEROPAGE puts into a private memfd is a copy of its own, and not what the file holds.
mmfuzz 1
profile v6.18
expect nothing
mmap p0 0 2 memfd-private i0@0 rw
mmap p0 8 2 memfd i0@0 rw
uffd p0 -> u0
register u0 0 16 missing
zeropage u0 9 1
start t0 dontneed p0 0 2
step t0 3
start t9 zeropage u0 1 1
step t9 20
step t0 1
step t0 2
store p0 9 by t4
mprotect p0 1 1 rw
