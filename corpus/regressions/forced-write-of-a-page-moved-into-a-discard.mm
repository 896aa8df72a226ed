# A write from outside lands in a page that UFFDIO_MOVE has brought into a discard: it was taken at another place.
mmfuzz 1
profile v6.18
expect nothing
mmap p0 0 2 anon rw
uffd p0 -> u0
register u0 0 2
start t9 force-write p0 0
step t9 6
move u0 0 1 -> 1
start t0 dontneed p0 1 1
start t8 move u0 1 1 -> 0
step t8 4
step t9 1
step t8 2
