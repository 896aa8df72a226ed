# The copy of a page of a file is allocated before the page is found to have failed.
mmfuzz 1
profile v6.18
expect nothing
mmap p0 0 1 memfd i0@0 r
memory-failure p0 0
inject alloc 0
mremap p0 0 1 -> 1
mmap p0 0 1 memfd-private i0@0 rw
store p0 0
