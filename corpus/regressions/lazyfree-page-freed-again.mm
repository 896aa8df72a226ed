# A new page behind a discarded lazyfree one may be freed lazily in its turn: its protection goes with it.
mmfuzz 1
profile v6.18
expect nothing
mmap p0 0 2 anon rw
uffd p0 -> u0
register u0 0 16
store p0 0
free p0 0 1
swapout p0 0
populate p0 0 1 rw by t4
free p0 0 1
load p0 0
wp u0 0 1
swapout p0 0
