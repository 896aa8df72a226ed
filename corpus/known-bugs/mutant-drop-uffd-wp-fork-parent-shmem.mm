# Generated fault drop:uffd_wp@fork-parent@shmem: rarely met by generated programs, so it is kept for `bugs --matrix`.
# The page of a private memfd mapping is shared by fork while it is protected.
mmfuzz 1
profile v6.18
mutant drop:uffd_wp@fork-parent@shmem
expect uffd-wp-not-lost bit-lost
mmap p0 0 1 memfd-private i0@0 r
uffd p0 -> u0 wp-async
register u0 0 1
continue u0 0 1
load p0 0
scan p0 0 1 wp
fork p0 -> p1
