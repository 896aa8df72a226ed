# A pin and its process go on seeing each other's stores: fork gives the child a copy of a pinned page at once.
mmfuzz 1
profile v6.18
expect nothing
mmap p0 0 1 anon rw
store p0 0
pin p0 0 1 rw -> g0
fork p0 -> p1
devwrite g0 0
load p0 0
store p0 0
devread g0 0
unpin g0
