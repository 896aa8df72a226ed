# uffd-writenotify: mm/userfaultfd: enable writenotify while userfaultfd-wp is enabled for a VMA (v6.2)
# With the fix off: a NUMA hinting fault builds the entry from vm_page_prot, writable beside uffd_wp.
mmfuzz 1
profile v6.18
without uffd-writenotify
with clear-refs-migration
with clear-refs-pinned-mark
with madv-free-shared
expect uffd-wp-no-write-through store-without-event
mmap p0 0 1 memfd i0@0 rw
store p0 0
uffd p0 -> u0
register u0 0 1
wp u0 0 1
numa-hint p0 0 1
store p0 0
