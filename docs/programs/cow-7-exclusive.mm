# 5.19: PageAnonExclusive says that the page is this process's own, whatever the reference count: reused, pin and all.
mmfuzz 1
profile v5.19
expect nothing
mmap p0 0 1 anon rw
store p0 0
pin p0 0 1 rw -> g0
mprotect p0 0 1 r
mprotect p0 0 1 rw
store p0 0
devread g0 0
