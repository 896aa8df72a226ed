# MADV_POPULATE_WRITE marks a page only if its entry is clean; so MADV_FREE by a child makes it lazyfree, and reclaim
# finds the parent's dirty entry and leaves it (seen on a running 6.18.44).
mmfuzz 1
profile v6.18
expect nothing
mmap p0 0 2 anon rw
populate p0 0 1 rw
fork p0 -> p1
free p1 0 1
dontneed p1 0 1
pageout p0 0 1
load p0 0
