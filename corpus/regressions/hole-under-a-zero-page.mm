# UFFDIO_ZEROPAGE puts the zero page into a private mapping of a memfd; a hole in the memfd takes it away, and the file
# shows again. The page was taken for a private copy that stays.
mmfuzz 1
profile v6.18
expect nothing
mmap p0 0 1 memfd-private i0@0 r
uffd p0 -> u0
register u0 0 1
write i0 0
zeropage u0 0 1
start t8 punch i0 0
load p0 0
step t8 20
load p0 0
write i0 0
load p0 0
