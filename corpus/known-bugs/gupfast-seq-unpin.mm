# gupfast-seq-unpin: mm/gup: sanity-check with CONFIG_DEBUG_VM that anonymous pages are exclusive when (un)pinning (v5.19)
# With the fix off: GUP-fast that lost against fork unpins with the sanity check on: a false alarm.
mmfuzz 1
profile v6.18
without gupfast-seq-unpin
with clear-refs-migration
with clear-refs-pinned-mark
expect pin-exclusive unpin-warning
mmap p0 0 1 anon rw
store p0 0
start t0 pin p0 0 1 r fast -> g0
start t4 fork p0 -> p1
step t4 4
step t0 5
