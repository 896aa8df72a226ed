# A protected zero page in a private memfd leaves a marker when it is zapped, as any page of a file's mapping does.
mmfuzz 1
profile v6.18
expect nothing
mmap p0 0 8 memfd-private i0@0 rw
uffd p0 -> u0
register u0 0 16
zeropage u0 2 3
wp u0 2 3 by t9
dontneed p0 3 2
