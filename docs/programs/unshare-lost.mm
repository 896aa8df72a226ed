# Without unsharing the pin names a page that is shared, and the owner's next store leaves it behind.
mmfuzz 1
profile v6.18
without gup-unshare-slow
expect pin-exclusive pinned-but-shared
mmap p0 0 1 anon rw
store p0 0
fork p0 -> p1
pin p0 0 1 r -> g0
