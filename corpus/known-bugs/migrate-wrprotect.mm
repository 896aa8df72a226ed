# migrate-wrprotect: mm/migrate: fix read-only page got writable when recover pte (v6.1)
# With the fix off: a read migration entry of shared memory is restored with the write bit of vm_page_prot.
mmfuzz 1
profile v6.1
without migrate-wrprotect
expect uffd-wp-no-write-through store-without-event
mmap p0 0 1 shared i0 rw
load p0 0
uffd p0 -> u0
register u0 0 1
wp u0 0 1
migrate p0 0
store p0 0
