# uffd-swap: userfaultfd: wp: support swap and page migration (v5.7)
# With the fix off: uffd_wp is lost by swap-in.
mmfuzz 1
profile v6.18
without uffd-swap
with clear-refs-migration
with clear-refs-pinned-mark
expect uffd-wp-not-lost bit-lost
mmap p0 0 1 anon rw
uffd p0 -> u0
register u0 0 1
store p0 0
wp u0 0 1
swapout p0 0
