# Generated fault invent:write@uffd-protect@file: rarely met by generated programs, so it is kept for `bugs --matrix`.
# A page of the file becomes writable in a private mapping.
mmfuzz 1
profile v6.18
mutant invent:write@uffd-protect@file
expect uffd-wp-no-write-through store-without-event
mmap p0 0 1 file i0@0 r
load p0 0
uffd p0 -> u0 wp-async
register u0 0 1
wp u0 0 1
store p0 0
