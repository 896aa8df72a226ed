# Basic COW after fork() with mprotect() optimization, base page.
# passes if the same is read by operations 3 and 7, counted from 0
# v5.7: passes, shows nothing
# v5.18: passes, shows nothing
mmfuzz 1
profile v6.18
expect nothing
mmap p0 0 1 anon rw
store p0 0
fork p0 -> p1
load p1 0
mprotect p0 0 1 r
mprotect p0 0 1 rw
store p0 0
load p1 0
