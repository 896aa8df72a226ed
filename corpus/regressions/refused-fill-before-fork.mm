# A fill that is refused has prepared its private mapping for anonymous pages, so fork copies its entries (seen on a
# running 6.18.44).
mmfuzz 1
profile v6.18
expect nothing
mmap p0 0 2 file i1@0 r
uffd p0 -> u0
load p0 0
continue u0 0 1 = ENOENT
fork p0 -> p1
load p1 0
