# Protection was read from an entry that migration had taken out under its lock.
mmfuzz 1
profile v6.18
expect nothing
mmap p0 0 2 memfd i0@0 rw
uffd p0 -> u0
register u0 0 16
start t8 wp u0 0 1
store p0 0
start t9 migrate p0 0
step t8 1
step t8 1
step t8 1
step t9 2
step t8 1
step t8 1
step t8 1
step t9 2
