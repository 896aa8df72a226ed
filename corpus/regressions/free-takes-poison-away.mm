# MADV_FREE clears poison markers (seen on a running 6.18.44).
mmfuzz 1
profile v6.18
expect nothing
mmap p0 0 4 anon rw
uffd p0 -> u0
register u0 0 16
poison u0 2 1
load p0 2 = SIGBUS
free p0 1 4
store p0 2 = ok
load p0 2
