# vmsplice() before fork(), unmap in parent after fork(), base page.
# passes if the same is read by operations 2 and 7, counted from 0
# v5.7: fails, shows cow-isolation handle-reads-foreign
# v5.18: passes, shows nothing
mmfuzz 1
profile v6.18
expect nothing
mmap p0 0 1 anon rw
store p0 0
load p0 0
vmsplice p0 0 1 -> g0
fork p0 -> p1
munmap p0 0 1
store p1 0
pipe-read g0
