# unshare-keeps-uffd-wp: mm: support GUP-triggered unsharing of anonymous pages (v5.19)
# With the fix off: an unsharing copy drops uffd_wp.
mmfuzz 1
profile v6.18
without unshare-keeps-uffd-wp
with clear-refs-migration
with clear-refs-pinned-mark
expect uffd-wp-not-lost bit-lost
mmap p0 0 1 anon rw
uffd p0 -> u0
register u0 0 1
store p0 0
fork p0 -> p1
wp u0 0 1
pin p0 0 1 r -> g0
