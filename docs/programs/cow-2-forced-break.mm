# 5.8: every read reference breaks COW first, so the child's pipe gets a page of its own.
mmfuzz 1
profile v5.8
expect nothing
mmap p0 0 1 anon rw
store p0 0
fork p0 -> p1
vmsplice p1 0 1 -> g0
munmap p1 0 1
store p0 0
pipe-read g0
