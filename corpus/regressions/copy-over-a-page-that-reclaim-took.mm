# UFFDIO_COPY filled the hole that reclaim left of a file's page in a private mapping, and the process went on reading
# the old page by a translation whose flush was put off: lazyfree-flush flushes there too. Found by a run of 10^9.
mmfuzz 1
profile v6.18
with lazyfree-flush
expect nothing
mmap p0 0 1 memfd-private i0@0 r
load p0 0
start t9 swapout p0 0
uffd p0 -> u0
register u0 0 1
step t9 3
copy u0 0 1
load p0 0
