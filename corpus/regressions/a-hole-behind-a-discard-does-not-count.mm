# What is unmapped behind a discard that goes mapping by mapping is no hole in its range (seen on a running 6.18.44).
mmfuzz 1
profile v6.18
with lazyfree-flush
with madv-free-shared
expect nothing
mmap p0 0 2 anon r
uffd p0 -> u0 event-remove
register u0 1 1
start t0 dontneed p0 0 2
step t0 20
munmap p0 0 1 by t4
read u0
step t0 20 = ok
