# migrate-vma-restore: mm/migrate: fix read-only page got writable when recover pte (v6.1)
# With the fix off: migrate_vma replaces the entry before it knows what it is, gives up, and the protected entry of
# shared memory comes back with the write bit of vm_page_prot: no NUMA, and no success, is needed for that.
mmfuzz 1
profile v6.1
without migrate-wrprotect
expect uffd-wp-no-write-through store-without-event
mmap p0 0 1 memfd i0@0 rw
uffd p0 -> u0
register u0 0 1
store p0 0
wp u0 0 1
migrate-vma p0 0
store p0 0
