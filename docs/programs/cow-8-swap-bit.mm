# The swap entry remembers exclusivity: a page swapped out and in again is pinned and written without a copy.
mmfuzz 1
profile v5.19
expect nothing
mmap p0 0 1 anon rw
store p0 0
swapout p0 0
load p0 0
pin p0 0 1 r -> g0
store p0 0
devread g0 0
