# GUP-fast takes no lock: it takes its reference, then looks at the entry again; reclaim came first, so it gives it back.
mmfuzz 1
profile v6.18
expect nothing
mmap p0 0 1 anon rw
store p0 0
start t0 pin p0 0 1 r fast -> g0
step t0 1
swapout p0 0
step t0 8
step t0 8
devread g0 0
