# A read-only pin of a shared page gets a page of the process's own first: unsharing.
mmfuzz 1
profile v6.18
expect nothing
mmap p0 0 1 anon rw
store p0 0
fork p0 -> p1
pin p0 0 1 r -> g0
store p0 0
devread g0 0
