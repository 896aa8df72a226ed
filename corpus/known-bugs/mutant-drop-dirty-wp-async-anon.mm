# Generated fault drop:dirty@wp-async@anon: rarely met by generated programs, so it is kept for `bugs --matrix`.
# WP_ASYNC and what must happen around its fault come together rarely.
mmfuzz 1
profile v6.18
mutant drop:dirty@wp-async@anon
expect tlb stale-rights
mmap p0 0 1 anon r
force-write p0 0
fork p0 -> p1
uffd p0 -> u0 wp-async
register u0 0 1
scan p0 0 1 wp
load p0 0
force-write p0 0
