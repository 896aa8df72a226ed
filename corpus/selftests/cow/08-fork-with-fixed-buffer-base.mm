# fork() with an iouring fixed buffer, base page.
# passes if the same is read by operations 5 and 6, counted from 0
# v5.7: fails, shows pin-coherent page-replaced
# v5.18: passes, shows nothing
mmfuzz 1
profile v6.18
expect nothing
mmap p0 0 1 anon rw
store p0 0
pin p0 0 1 rw fast longterm -> g0
fork p0 -> p1
store p0 0
devread g0 0
load p0 0
exit p1
unpin g0
