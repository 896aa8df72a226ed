# mremap of several mappings asks for room before each of them; it wrote into the next process's.
mmfuzz 1
profile v6.18
expect nothing
mmap p0 0 8 anon rw
mmap p0 8 8 memfd i0@0 rw
munmap p0 11 1
mprotect p0 15 1 r
munmap p0 13 1
fork p0 -> p1
mremap p0 10 4 -> 2
store p1 3
