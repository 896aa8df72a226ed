# A load while an mprotect was half done was held to the rights before it.
mmfuzz 1
profile v6.18
expect nothing
mmap p0 0 4 anon rw
load p0 2 by t4
start t4 mprotect p0 2 1 none
step t4 1
step t4 2
step t4 2
step t4 1
start t0 mprotect p0 2 1 r
step t0 3
load p0 2 by t4
