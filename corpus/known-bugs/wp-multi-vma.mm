# wp-multi-vma: mm/userfaultfd: support WP on multiple VMAs (v6.4)
# With the fix off: a range over two registered mappings is refused with ENOENT.
mmfuzz 1
profile v6.18
without wp-multi-vma
with clear-refs-migration
with clear-refs-pinned-mark
expect errno wrong-result
mmap p0 0 1 anon r
uffd p0 -> u0
register u0 0 1
wp u0 0 2
