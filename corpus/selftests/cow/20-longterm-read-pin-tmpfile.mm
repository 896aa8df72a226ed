# R/O longterm GUP pin, tmpfile.
# passes if the same is read by operations 6 and 7, counted from 0
# v5.7: fails, shows nothing
# v5.18: fails, shows nothing
mmfuzz 1
profile v6.18
expect nothing
mmap p0 0 1 file i1@0 rw
mmap p0 8 1 file i1@0 r
load p0 0
load p0 8
pin p0 0 1 r longterm -> g0
store p0 0
devread g0 0
load p0 0
load p0 8
unpin g0
