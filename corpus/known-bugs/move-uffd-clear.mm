# move-uffd-clear: none: present in 6.18
# With the fix off: UFFDIO_MOVE carries uffd_wp of a swap entry to where nobody has protected anything; of a page that
# is present it does not.
mmfuzz 1
profile v6.18
with clear-refs-migration
with clear-refs-pinned-mark
with madv-free-shared
with register-resets-protection
with unregister-wakes-all
expect uffd-wp-not-lost bit-spurious
mmap p0 0 2 anon rw
uffd p0 -> u0
register u0 0 2
store p0 0
wp u0 0 1
swapout p0 0
move u0 0 1 -> 1
