# Generated fault invent:write@unregister@file: rarely met by generated programs, so it is kept for `bugs --matrix`.
# A page of the file becomes writable in a private mapping.
mmfuzz 1
profile v6.18
mutant invent:write@unregister@file
expect cow-isolation file-holds-foreign
mmap p0 0 1 file i0@0 rw
load p0 0
uffd p0 -> u0 wp-async
register u0 0 1
unregister u0 0 1
store p0 0
