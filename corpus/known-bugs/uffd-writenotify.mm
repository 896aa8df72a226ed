# uffd-writenotify: mm/userfaultfd: enable writenotify while userfaultfd-wp is enabled for a VMA (v6.2)
# With the fix off: vm_page_prot of a uffd-wp mapping stays writable, and mprotect puts the write bit beside
# uffd_wp.
mmfuzz 1
profile v6.18
without uffd-writenotify
with clear-refs-migration
with clear-refs-pinned-mark
expect uffd-wp-no-write-through store-without-event
mmap p0 0 1 shared i0 r
load p0 0
uffd p0 -> u0
register u0 0 1
wp u0 0 1
mprotect p0 0 1 rw
store p0 0
