# Generated fault invent:write@fork-parent@file: rarely met by generated programs, so it is kept for `bugs --matrix`.
# A page of the file becomes writable in a private mapping.
mmfuzz 1
profile v6.18
mutant invent:write@fork-parent@file
expect cow-isolation file-holds-foreign
mmap p0 0 1 file i0@0 r
load p0 0
uffd p0 -> u0 event-fork wp-async
register u0 0 1
fork p0 -> p1
force-write p0 0
