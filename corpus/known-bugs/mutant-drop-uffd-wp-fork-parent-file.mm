# Generated fault drop:uffd_wp@fork-parent@file: rarely met by generated programs, so it is kept for `bugs --matrix`.
# WP_ASYNC alone can watch a private file mapping, and few programs let it.
mmfuzz 1
profile v6.18
mutant drop:uffd_wp@fork-parent@file
expect uffd-wp-not-lost bit-lost
mmap p0 0 1 file i0@0 r
load p0 0
uffd p0 -> u0 event-fork wp-async
register u0 0 1
wp u0 0 1
fork p0 -> p1
