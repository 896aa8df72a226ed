# Generated fault drop:uffd_wp@mremap@file: rarely met by generated programs, so it is kept for `bugs --matrix`.
# The registration moves with the pages (EVENT_REMAP), and so must their protection.
mmfuzz 1
profile v6.18
mutant drop:uffd_wp@mremap@file
expect uffd-wp-not-lost bit-lost
mmap p0 0 1 file i0@0 r
uffd p0 -> u0 event-remap wp-async
register u0 0 1
wp u0 0 1
mremap p0 0 1 -> 1
