# Generated fault invent:uffd_wp@unregister@file: rarely met by generated programs, so it is kept for `bugs --matrix`.
# WP_ASYNC alone can watch a private file mapping, and few programs let it.
mmfuzz 1
profile v6.18
mutant invent:uffd_wp@unregister@file
expect uffd-wp-not-lost bit-spurious
mmap p0 0 1 file i0@0 r
uffd p0 -> u0 wp-async
register u0 0 1
wp u0 0 1
unregister u0 0 1
