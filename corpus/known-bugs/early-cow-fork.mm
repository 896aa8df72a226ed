# early-cow-fork: mm: do early cow for pinned pages during fork() for ptes (v5.9)
# With the fix off: fork shares a page that may be pinned; the parent's next store leaves the pin behind.
mmfuzz 1
profile v6.18
without early-cow-fork
with clear-refs-migration
with clear-refs-pinned-mark
expect pin-exclusive pinned-but-shared
mmap p0 0 1 anon rw
store p0 0
pin p0 0 1 r -> g0
fork p0 -> p1
