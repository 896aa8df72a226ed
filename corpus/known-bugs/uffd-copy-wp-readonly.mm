# uffd-copy-wp-readonly: userfaultfd: mark uffd_wp regardless of VM_WRITE flag (v5.18)
# With the fix off: UFFDIO_COPY with MODE_WP into a mapping that is read-only for now does not protect.
mmfuzz 1
profile v6.18
without uffd-copy-wp-readonly
with clear-refs-migration
with clear-refs-pinned-mark
with register-resets-protection
with unregister-wakes-all
expect uffd-wp-not-lost bit-lost
mmap p0 0 1 anon r
uffd p0 -> u0
register u0 0 1
copy u0 0 1 wp
