# uffd-fork: mm/userfaultfd: fix uffd-wp special cases for fork() (v5.14)
# With the fix off: a child that is not registered inherits uffd_wp bits.
mmfuzz 1
profile v6.18
without uffd-fork
with clear-refs-migration
with clear-refs-pinned-mark
expect uffd-wp-not-lost bit-spurious
mmap p0 0 1 anon rw
uffd p0 -> u0
register u0 0 1
store p0 0
wp u0 0 1
fork p0 -> p1
