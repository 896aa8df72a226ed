# Generated fault invent:exclusive@wp-async@anon: rarely met by generated programs, so it is kept for `bugs --matrix`.
# WP_ASYNC and what must happen around its fault come together rarely.
mmfuzz 1
profile v6.18
mutant invent:exclusive@wp-async@anon
expect excl-single mapped-twice
mmap p0 0 1 anon rw
uffd p0 -> u0 wp-async
register u0 0 1
store p0 0
fork p0 -> p1
scan p0 0 1 wp
store p0 0
