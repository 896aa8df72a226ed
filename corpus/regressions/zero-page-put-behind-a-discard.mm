# UFFDIO_ZEROPAGE into a private memfd while the page was being discarded: zeros are not what the file holds.
mmfuzz 1
profile v6.18
expect nothing
mmap p0 0 4 memfd-private i0@0 rw
mmap p0 8 4 memfd i0@0 rw
uffd p0 -> u0
register u0 0 16
fork p0 -> p1 by t4
start t8 zeropage u0 3 1
store p1 11
start t4 vmsplice p0 8 3 fast -> g0
store p0 3
dontneed p0 3 1
step t8 3
