# Two processes pinned a page of an inode that is gone: a device writing through the one is seen through the other, which
# was taken for a foreign store.
mmfuzz 1
profile v6.18
expect nothing
mmap p0 0 1 shared i0 rw
fork p0 -> p1
pin p0 0 1 rw -> g0
exit p0
pin p1 0 1 r -> g1
exit p1
devwrite g0 0
devread g1 0
