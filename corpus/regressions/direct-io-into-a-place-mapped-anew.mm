# What a disk read into a page whose mapping had gone was taken for a store into the file that is mapped there now.
mmfuzz 1
profile v6.18
expect nothing
mmap p0 0 1 anon rw
start t0 direct-io p0 0 in
step t0 8
munmap p0 0 1 by t4
mmap p0 0 1 shared i0 r by t4
load p0 0 by t4
step t0 2
load p0 0
