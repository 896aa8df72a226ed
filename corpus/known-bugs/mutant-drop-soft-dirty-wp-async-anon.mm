# Generated fault drop:soft_dirty@wp-async@anon: rarely met by generated programs, so it is kept for `bugs --matrix`.
# WP_ASYNC and what must happen around its fault come together rarely.
mmfuzz 1
profile v6.18
mutant drop:soft_dirty@wp-async@anon
expect soft-dirty-complete not-reported
mmap p0 0 1 anon rw
clear-refs p0
uffd p0 -> u0 wp-async
register u0 0 1
store p0 0
fork p0 -> p1
wp u0 0 1
store p0 0
