# uffd-mremap: mm: clear uffd-wp PTE/PMD state on mremap() (v6.13)
# With the fix off: mremap carries uffd_wp bits and markers into a range that is not registered.
mmfuzz 1
profile v6.18
without uffd-mremap
with clear-refs-migration
with clear-refs-pinned-mark
with madv-free-shared
expect uffd-wp-not-lost bit-spurious
mmap p0 0 1 anon r
load p0 0
uffd p0 -> u0
register u0 0 1
wp u0 0 1
mremap p0 0 1 -> 1
