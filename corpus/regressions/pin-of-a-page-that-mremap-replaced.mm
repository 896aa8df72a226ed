# A pin that GUP-fast took while mremap unmapped what was at its target belongs to its handle alone.
mmfuzz 1
profile v6.18
expect nothing
mmap p0 0 2 anon rw
store p0 0
start t0 mremap p0 1 1 -> 0
start t4 pin p0 0 1 r fast -> g0
step t4 4
step t0 11
step t4 1
step t0 4
