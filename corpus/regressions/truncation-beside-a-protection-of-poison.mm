# Truncation has taken the poison out of an entry, and goes on; who protects the page now protects an empty entry.
mmfuzz 1
profile v6.18
expect nothing
mmap p0 0 1 memfd i0@0 r
uffd p0 -> u0
register u0 0 1
poison u0 0 1
start t8 truncate i0 0
step t8 2
wp u0 0 1 by t9
step t8 29
