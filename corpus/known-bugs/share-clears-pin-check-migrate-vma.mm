# share-clears-pin-check-migrate-vma: mm: remember exclusively mapped anonymous pages with PG_anon_exclusive (v5.19)
# With the fix off: page_try_share_anon_rmap does not fail for a pinned page in migrate_vma_collect.
mmfuzz 1
profile v6.18
without share-clears-pin-check-migrate-vma
with clear-refs-migration
with clear-refs-pinned-mark
with madv-free-shared
with move-uffd-clear
with register-resets-protection
with unregister-wakes-all
expect pin-exclusive pinned-but-shared
mmap p0 0 1 anon rw
pin p0 0 1 rw -> g0
start t8 migrate-vma p0 0
step t8 4
