# Generated fault invent:write@numa-fault@file: rarely met by generated programs, so it is kept for `bugs --matrix`.
# A page of the file becomes writable in a private mapping.
mmfuzz 1
profile v6.18
mutant invent:write@numa-fault@file
expect cow-isolation file-holds-foreign
mmap p0 0 1 file i0@0 rw
load p0 0
numa-hint p0 0 1
store p0 0
