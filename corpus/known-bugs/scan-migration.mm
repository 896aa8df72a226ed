# scan-migration: none: present in 6.18
# With the fix off: PAGEMAP_SCAN marks the migration entry of a page that is being moved and leaves it writable, and what
# is writable comes back without the mark.
mmfuzz 1
profile v6.18
with clear-refs-migration
with clear-refs-pinned-mark
with lazyfree-flush
with madv-free-shared
with move-uffd-clear
with poison-resolve
with register-resets-protection
with unregister-wakes-all
expect uffd-wp-not-lost bit-lost
mmap p0 0 1 anon rw
uffd p0 -> u0 wp-async
register u0 0 1
store p0 0
start t9 migrate p0 0
step t9 4
scan p0 0 1 wp
step t9 4
