# register-resets-protection: present in v6.18.
# REGISTER without MODE_WP where there was MODE_WP leaves uffd_wp bits behind.
mmfuzz 1
profile v6.18
with clear-refs-migration
with clear-refs-pinned-mark
with unregister-wakes-all
expect uffd-wp-not-lost bit-spurious
mmap p0 0 1 shared i0 r
uffd p0 -> u0
register u0 0 1
wp u0 0 1
register u0 0 1 minor
