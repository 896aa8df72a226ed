# Generated fault invent:write@pagemap-scan@file: rarely met by generated programs, so it is kept for `bugs --matrix`.
# A page of the file becomes writable in a private mapping.
mmfuzz 1
profile v6.18
mutant invent:write@pagemap-scan@file
expect uffd-wp-no-write-through gup-without-event
mmap p0 0 1 file i0@0 r
load p0 0
uffd p0 -> u0 wp-async
register u0 0 1
scan p0 0 1 wp
force-write p0 0
