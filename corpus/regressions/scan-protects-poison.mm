# PAGEMAP_SCAN protects a poison marker like anything that is not present; the bit goes with fork, mremap and dontneed
# as it does in Linux (seen on a running 6.18.44).
mmfuzz 1
profile v6.18
expect nothing
mmap p0 0 2 memfd i0@0 rw
mmap p0 8 1 anon rw
uffd p0 -> u0 wp-async
register u0 0 16
poison u0 1 1
poison u0 8 1
scan p0 0 9 wp
scan p0 0 9 wp
fork p0 -> p1
load p1 8 = SIGBUS
dontneed p0 1 1
store p0 1 = ok
mremap p0 8 1 -> 12
load p0 12 = SIGBUS
close u0
