# R/O GUP-fast pin on R/O-mapped shared page, base page.
# passes if the same is read by operations 5 and 6, counted from 0
# v5.7: fails, shows nothing
# v5.18: fails, shows nothing
mmfuzz 1
profile v6.18
expect nothing
mmap p0 0 1 anon rw
store p0 0
fork p0 -> p1
pin p0 0 1 r fast -> g0
store p0 0
devread g0 0
load p0 0
load p1 0
unpin g0
