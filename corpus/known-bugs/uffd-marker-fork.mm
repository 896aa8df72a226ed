# uffd-marker-fork: mm/uffd: fix pte marker when fork() without fork event (v6.2)
# With the fix off: fork copies the markers of a private file mapping into a child that is not registered.
mmfuzz 1
profile v6.18
without uffd-marker-fork
with clear-refs-migration
with clear-refs-pinned-mark
expect uffd-wp-not-lost bit-spurious
mmap p0 0 2 memfd-private i0@0 rw
uffd p0 -> u0
register u0 0 2
store p0 0
wp u0 1 1
fork p0 -> p1
