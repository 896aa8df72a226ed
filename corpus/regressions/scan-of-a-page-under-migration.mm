# PAGEMAP_SCAN protects a migration entry. (A fault put in by hand, without that, showed that nothing else in the suite
# asks for it.)
mmfuzz 1
profile v6.18
with lazyfree-flush
with madv-free-shared
expect nothing
mmap p0 0 2 anon rw
uffd p0 -> u0 wp-async
register u0 0 16
store p0 0
start t9 migrate p0 0
step t9 1
step t9 1
step t9 2
scan p0 0 1 wp
