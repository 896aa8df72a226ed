# Generated fault drop:uffd_wp@unshare@anon: rarely met by generated programs, so it is kept for `bugs --matrix`.
# A protected page is shared by fork and unshared by a reader of its owner.
mmfuzz 1
profile v6.18
mutant drop:uffd_wp@unshare@anon
expect uffd-wp-not-lost bit-lost
mmap p0 0 1 anon rw
store p0 0
fork p0 -> p1
uffd p0 -> u0
register u0 0 1
wp u0 0 1
pin p0 0 1 r -> g0
