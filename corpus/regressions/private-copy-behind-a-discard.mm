# The reference memory forgot the copy of a page that a discard in flight had passed already.
mmfuzz 1
profile v6.18
expect nothing
mmap p0 0 2 memfd-private i0@0 rw
mmap p0 8 2 memfd i0@0 rw
start t4 dontneed p0 0 2
step t4 2
pin p0 0 1 rw fast -> g5
store p0 8
step t4 6
