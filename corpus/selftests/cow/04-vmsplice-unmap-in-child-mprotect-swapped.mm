# vmsplice() + unmap in child with mprotect() optimization, swapped-out base page.
# passes if the same is read by operations 4 and 10, counted from 0
# v5.7: fails, shows cow-isolation handle-reads-foreign
# v5.18: passes, shows nothing
mmfuzz 1
profile v6.18
expect nothing
mmap p0 0 1 anon rw
store p0 0
pageout p0 0 1
fork p0 -> p1
load p1 0
vmsplice p1 0 1 -> g0
munmap p1 0 1
mprotect p0 0 1 r
mprotect p0 0 1 rw
store p0 0
pipe-read g0
