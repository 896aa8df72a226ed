# gup-unshare-fast: mm/gup: trigger FAULT_FLAG_UNSHARE when R/O-pinning a possibly shared anonymous page (v5.19)
# With the fix off: GUP-fast pins a shared page read-only instead of leaving it to the slow path.
mmfuzz 1
profile v6.18
without gup-unshare-fast
with clear-refs-migration
with clear-refs-pinned-mark
expect pin-exclusive pinned-but-shared
mmap p0 0 1 anon rw
store p0 0
fork p0 -> p1
pin p0 0 1 r fast -> g0
