# Nobody but the process itself may ask for UFFDIO_MOVE: of a dead one it is EINVAL (seen on a running 6.18.44).
mmfuzz 1
profile v6.18
with lazyfree-flush
with madv-free-shared
expect nothing
fork p0 -> p1
uffd p0 -> u0
exit p0
fork p1 -> p0
move u0 0 1 -> 0 holes = EINVAL
