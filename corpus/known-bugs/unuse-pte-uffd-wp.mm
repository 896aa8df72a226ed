# unuse-pte-uffd-wp: mm/swapfile: fix lost swap bits in unuse_pte() (v5.19)
# With the fix off: swapoff drops uffd_wp of the pages that it brings back.
mmfuzz 1
profile v6.18
without unuse-pte-uffd-wp
with clear-refs-migration
with clear-refs-pinned-mark
with madv-free-shared
expect uffd-wp-not-lost bit-lost
mmap p0 0 1 anon rw
uffd p0 -> u0
register u0 0 1
store p0 0
wp u0 0 1
swapout p0 0
swapoff
