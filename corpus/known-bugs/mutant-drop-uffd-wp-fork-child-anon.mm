# Generated fault drop:uffd_wp@fork-child@anon: rarely met by generated programs, so it is kept for `bugs --matrix`.
# The child keeps the registration (EVENT_FORK), and so must its entries.
mmfuzz 1
profile v6.18
mutant drop:uffd_wp@fork-child@anon
expect uffd-wp-not-lost bit-lost
mmap p0 0 1 anon r
uffd p0 -> u0 event-fork wp-async
register u0 0 1
wp u0 0 1
fork p0 -> p1
read u0
