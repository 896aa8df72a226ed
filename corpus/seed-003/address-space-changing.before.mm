# UFFDIO_WRITEPROTECT over a range: an address space that is changing: a fork whose event is not read; the last release before 6.4.
mmfuzz 1
profile v6.3
expect nothing
mmap p0 0 4 anon rw
uffd p0 -> u0 event-fork
register u0 0 4
store p0 0
fork p0 -> p1 = blocked
wp u0 0 4 = EAGAIN
store p0 0 by t4 = ok
read u0 = ok
wp u0 0 4 = ok
store p0 0 = blocked
