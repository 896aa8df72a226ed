# Without the second look it pins a page that reclaim has taken out of the page table meanwhile.
mmfuzz 1
profile v6.18
without gupfast-exclusive-recheck
expect pin-exclusive pinned-but-shared
mmap p0 0 1 anon rw
store p0 0
start t0 pin p0 0 1 r fast -> g0
step t0 1
swapout p0 0
step t0 4
