# A fault maps its neighbours only within its mapping, and Linux leaves two mappings two where an mprotect changes
# nothing; that the neighbour is protected in another process says nothing about that.
mmfuzz 1
profile v6.18
expect nothing
mmap p0 0 2 shared i0 rw
load p0 0
uffd p0 -> u0
register u0 0 1
fork p0 -> p1
mprotect p1 0 1 rw
wp u0 0 1
load p1 1
