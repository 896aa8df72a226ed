# poison-resolve: none: present in 6.18
# With the fix off: WRITEPROTECT that resolves passes over a poison marker that PAGEMAP_SCAN has protected, and DONTNEED
# leaves a marker where nothing is protected.
mmfuzz 1
profile v6.18
with clear-refs-migration
with clear-refs-pinned-mark
with lazyfree-flush
with madv-free-shared
with move-uffd-clear
with register-resets-protection
with unregister-wakes-all
expect uffd-wp-not-lost bit-spurious
mmap p0 0 1 anon rw
uffd p0 -> u0 wp-async
register u0 0 1
poison u0 0 1
scan p0 0 1 wp
unwp u0 0 1
