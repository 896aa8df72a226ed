# mlock breaks COW of a private page of a file, and has its copy in hand while a device writes the file.
mmfuzz 1
profile v6.18
expect nothing
mmap p0 0 1 memfd-private i0@0 rw
mmap p0 1 1 memfd i0@0 rw
pin p0 1 1 rw -> g0
start t0 mlock p0 0 1
step t0 7
devwrite g0 0
step t0 1
