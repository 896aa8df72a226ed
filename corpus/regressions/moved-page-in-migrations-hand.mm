# A moved page in migration's hand is not where it was taken: the lock covers neighbours too.
mmfuzz 1
profile v6.18
expect nothing
mmap p0 1 1 anon r
uffd p0 -> u0
register u0 1 1
copy u0 1 1
start t0 mremap p0 1 1 -> 0
pin p0 1 2 r fast -> g0 by t4
start t9 migrate p0 1
step t0 11
step t9 2
step t0 3
step t9 2
