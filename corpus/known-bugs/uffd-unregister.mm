# uffd-unregister: mm/uffd: reset write protection when unregister with wp-mode (v6.0)
# With the fix off: uffd_wp bits and markers stay behind when the mapping is unregistered.
mmfuzz 1
profile v6.18
without uffd-unregister
with clear-refs-migration
with clear-refs-pinned-mark
expect uffd-wp-not-lost bit-spurious
mmap p0 0 1 shared i0 r
uffd p0 -> u0
register u0 0 1
wp u0 0 1
unregister u0 0 1
