# What a discard took from a handle does not move with mremap, and the device stores under its old name.
mmfuzz 1
profile v6.18
expect nothing
mmap p0 0 2 anon rw
pin p0 0 1 rw fast -> g0
start t4 vmsplice p0 0 2 fast -> g1
clear-refs p0
dontneed p0 0 1
step t4 7
mremap p0 0 1 -> 8
step t4 6
devwrite g0 0
pipe-read g1
