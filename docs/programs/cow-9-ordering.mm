# 6.1 orders instead of flushing: clear the entry, then look for pins; GUP-fast pins, then looks at the entry again.
mmfuzz 1
profile v6.1
without gupfast-exclusive-recheck
expect pin-exclusive pinned-but-shared
mmap p0 0 1 anon rw
store p0 0
start t0 pin p0 0 1 r fast -> g0
step t0 1
swapout p0 0
step t0 4
