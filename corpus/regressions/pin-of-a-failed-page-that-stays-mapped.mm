# A pinned page in the swap cache cannot be unmapped when its memory fails: its pins stay what they were.
mmfuzz 1
profile v6.18
expect nothing
mmap p0 0 1 anon rw
store p0 0
vmsplice p0 0 1 -> g1
swapout p0 0
pin p0 0 1 r -> g2
memory-failure p0 0
pin p0 0 1 rw -> g0
devwrite g0 0
