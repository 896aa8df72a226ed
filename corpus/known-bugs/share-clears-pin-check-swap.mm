# share-clears-pin-check-swap: mm: remember exclusively mapped anonymous pages with PG_anon_exclusive (v5.19)
# With the fix off: page_try_share_anon_rmap does not fail for a pinned page in try_to_unmap.
mmfuzz 1
profile v6.18
without share-clears-pin-check-swap
with clear-refs-migration
with clear-refs-pinned-mark
swap asynchronous
expect pin-exclusive pinned-but-shared
mmap p0 0 1 anon rw
store p0 0
swapout p0 0
pin p0 0 1 r -> g0
swapout p0 0
