# A page that reclaim took is still read through a translation until the flush that it owes: no minor fault.
mmfuzz 1
profile v6.18
expect nothing
mmap p0 0 1 shared i0 r
load p0 0
uffd p0 -> u0 sigbus
register u0 0 1 minor
start t8 swapout p0 0
step t8 3
load p0 0
