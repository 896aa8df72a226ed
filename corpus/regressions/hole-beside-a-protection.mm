# A page was mapped and protected between its unmapping and its lock: the hole takes its entry and its protection, and
# neither may be missed.
mmfuzz 1
profile v6.18
expect nothing
mmap p0 0 1 memfd i0@0 r
uffd p0 -> u0
register u0 0 1
start t8 punch i0 0
start t9 wp u0 0 1
step t8 2
load p0 0
step t9 4
step t8 14
step t9 4
load p0 0
