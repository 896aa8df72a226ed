# share-clears-pin-check-migration: mm: remember exclusively mapped anonymous pages with PG_anon_exclusive (v5.19)
# With the fix off: page_try_share_anon_rmap does not fail for a pinned page in try_to_migrate.
mmfuzz 1
profile v6.18
without share-clears-pin-check-migration
with clear-refs-migration
with clear-refs-pinned-mark
expect pin-exclusive pinned-but-shared
mmap p0 0 1 anon rw
pin p0 0 1 rw -> g0
migrate p0 0
