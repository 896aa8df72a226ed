# A write from outside was taken to mark a page whose entry had been zapped, and read in again, since it was taken.
mmfuzz 1
profile v6.18
expect nothing
mmap p0 8 2 memfd i0@0 rw
clear-refs p0
start t9 force-write p0 8
start t8 force-write p0 8
step t8 1
step t9 7
step t8 2
start t4 pin p0 8 1 r longterm -> g2
swapout p0 8 by t9
step t4 2
step t4 1
step t8 1
