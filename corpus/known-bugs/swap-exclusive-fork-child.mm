# swap-exclusive-fork-child: mm/swap: remember PG_anon_exclusive via a swp pte bit (v5.19)
# With the fix off: fork leaves the exclusive bit in the child's swap entry.
mmfuzz 1
profile v6.18
without swap-exclusive-fork-child
with clear-refs-migration
with clear-refs-pinned-mark
expect excl-single swap-exclusive-shared
mmap p0 0 1 anon rw
store p0 0
swapout p0 0
fork p0 -> p1
