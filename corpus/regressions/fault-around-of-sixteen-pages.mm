# A read fault maps what the page cache has of sixteen pages, not only of the model's little page table, and fork
# copies all of it (seen on a running 6.18.44).
mmfuzz 1
profile v6.18
expect nothing
mmap p0 0 8 memfd-private i0@0 rw
load p0 0
load p0 6
dontneed p0 0 8
store p0 3
load p0 6
fork p0 -> p1
load p1 0
