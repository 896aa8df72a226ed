# A locked mapping that grows in place is faulted in, which its manager hears of; no change of it is announced.
mmfuzz 1
profile v6.18
expect nothing
mmap p0 0 1 anon r
mlock p0 0 1
uffd p0 -> u0 event-unmap
register u0 0 1 missing
mremap p0 0 1 to 2
zeropage u0 1 1
