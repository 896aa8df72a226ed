# A copy of what the file held long ago is installed behind a discard that began while COW was being broken.
mmfuzz 1
profile v6.18
expect nothing
mmap p0 0 1 memfd-private i0@0 rw
mmap p0 1 1 memfd i0@0 rw
load p0 1
start t8 force-write p0 0
step t8 2
store p0 0
step t8 4
store p0 1
start t0 dontneed p0 0 1
step t0 2
step t8 1
