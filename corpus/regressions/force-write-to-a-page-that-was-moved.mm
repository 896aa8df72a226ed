# A write from outside to a page that UFFDIO_MOVE had moved counted as a store of the page where it had been.
mmfuzz 1
profile v6.18
with move-uffd-clear
expect nothing
mmap p0 0 2 anon rw
uffd p0 -> u0
register u0 0 1
start t8 force-write p0 1
step t8 6
move u0 1 1 -> 0 by t9
vmsplice p0 0 1 -> g0
step t8 1
pipe-read g0
