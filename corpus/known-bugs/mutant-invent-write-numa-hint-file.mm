# Generated fault invent:write@numa-hint@file: rarely met by generated programs, so it is kept for `bugs --matrix`.
# A page of the file becomes writable in a private mapping.
mmfuzz 1
profile v6.18
mutant invent:write@numa-hint@file
expect cow-isolation file-holds-foreign
mmap p0 0 1 file i0@0 rw
load p0 0
numa-hint p0 0 1
force-write p0 0
