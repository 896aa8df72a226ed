# A write from outside to a page that a hole has taken out of its file in between is nobody's.
mmfuzz 1
profile v6.18
expect nothing
mmap p0 0 1 shared i0 rw
start t8 force-write p0 0
step t8 6
remove p0 0 1
load p0 0
step t8 1
load p0 0
