# Generated fault drop:uffd_wp@fork-early-copy@anon: rarely met by generated programs, so it is kept for `bugs
# --matrix`. A pinned page is copied for a child that keeps the registration (EVENT_FORK).
mmfuzz 1
profile v6.18
mutant drop:uffd_wp@fork-early-copy@anon
expect uffd-wp-not-lost bit-lost
mmap p0 0 1 anon rw
pin p0 0 1 rw -> g0
uffd p0 -> u0 event-fork
register u0 0 1
wp u0 0 1
fork p0 -> p1
read u0
