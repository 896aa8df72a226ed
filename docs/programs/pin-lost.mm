# Without the copy at fork the pinned page is shared, and the owner's next store would leave the device behind.
mmfuzz 1
profile v6.18
without early-cow-fork
expect pin-exclusive pinned-but-shared
mmap p0 0 1 anon rw
store p0 0
pin p0 0 1 rw -> g0
fork p0 -> p1
