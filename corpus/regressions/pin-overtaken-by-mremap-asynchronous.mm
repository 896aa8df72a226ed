# A pin that mremap overtook, on a swap device that answers later.
mmfuzz 1
profile v6.18
swap asynchronous
expect nothing
mmap p0 0 2 anon rw
start t0 pin p0 0 1 rw fast -> g0
force-write p0 0
step t0 1
step t0 1
step t0 1
step t0 1
mremap p0 0 1 -> 8 by t4
start t4 pin p0 0 1 rw fast -> g1
migrate p0 8 by t8
step t0 3
step t4 1
devwrite g0 0
