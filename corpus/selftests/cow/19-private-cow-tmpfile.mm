# Basic COW, tmpfile.
# passes if the same is read by operations 3 and 5, counted from 0
# v5.7: passes, shows nothing
# v5.18: passes, shows nothing
mmfuzz 1
profile v6.18
expect nothing
mmap p0 0 1 file i1@0 rw
mmap p0 8 1 file i1@0 r
load p0 0
load p0 8
store p0 0
load p0 8
load p0 0
