# Generated fault invent:uffd_wp@numa-fault@file: rarely met by generated programs, so it is kept for `bugs --matrix`.
# WP_ASYNC alone can watch a private file mapping, and few programs let it.
mmfuzz 1
profile v6.18
mutant invent:uffd_wp@numa-fault@file
expect uffd-wp-not-lost bit-spurious
mmap p0 0 1 file i0@0 rw
load p0 0
numa-hint p0 0 1
load p0 0
