# arch_unmap_one fails, and with it the unmapping of a page whose memory fails: EBUSY.
mmfuzz 1
profile v6.18
expect nothing
mmap p0 0 1 anon rw
store p0 0
fork p0 -> p1
swapout p0 0
inject arch-unmap-one 0
memory-failure p0 0
