# A lazyfree page that holds zeros anyway: that zeros are read does not say that it is gone.
mmfuzz 1
profile v6.18
with clear-refs-migration
with clear-refs-pinned-mark
with madv-free-shared
expect nothing
mmap p0 0 4 anon rw
uffd p0 -> u0
register u0 0 16
pin p0 0 1 rw -> g0
unpin g0
free p0 0 1
wp u0 0 1
get p0 0 1 r fast -> g0
unpin g0
swapout p0 0
