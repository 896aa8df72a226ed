# MADV_DONTNEED of a protected page of shared memory under migration left no marker.
mmfuzz 1
profile v6.18
expect nothing
mmap p0 8 8 memfd i0@0 rw
uffd p0 -> u0
register u0 0 16
store p0 13
start t8 wp u0 10 6
step t8 12
start t8 migrate p0 13
step t8 1
step t8 1
dontneed p0 13 2 by t4
step t8 1
step t8 1
step t8 12
load p0 13
