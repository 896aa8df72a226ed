# migrate-vma-dirty: mm/migrate_device.c: copy pte dirty bit to page (v6.1)
# With the fix off: migrate_vma forgets that the page was stored to when it replaces the entry. The page itself is
# clean, and lazyfree: reclaim discards it.
mmfuzz 1
profile v6.18
without migrate-vma-dirty
with clear-refs-migration
with clear-refs-pinned-mark
with madv-free-shared
with move-uffd-clear
with register-resets-protection
with unregister-wakes-all
expect dirty-not-lost nothing-left
mmap p0 0 1 anon rw
store p0 0
free p0 0 1
store p0 0
migrate-vma p0 0
swapout p0 0
