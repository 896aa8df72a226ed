# UNREGISTER that fails for want of a mapping has reset the protection already, and earlier mappings are unregistered.
mmfuzz 1
profile v6.18
expect nothing
mmap p0 0 8 anon rw
mmap p0 8 8 memfd i0@0 rw
uffd p0 -> u0
register u0 0 16
start t9 unregister u0 6 5
step t9 3
step t9 3
step t9 1
step t9 3
step t9 3
unregister u0 1 1
start t9 wp u0 13 3
step t9 12
mprotect p0 3 1 r
start t9 unregister u0 14 1
step t9 1
step t9 1
step t9 3
step t9 1
start t8 clear-refs p0
