# The same on 5.7: a page that is mapped once is reused, pinned or not.
mmfuzz 1
profile v5.7
expect nothing
mmap p0 0 1 anon rw
store p0 0
pin p0 0 1 rw -> g0
mprotect p0 0 1 r
mprotect p0 0 1 rw
store p0 0
devread g0 0
