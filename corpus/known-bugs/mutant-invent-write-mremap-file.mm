# Generated fault invent:write@mremap@file: rarely met by generated programs, so it is kept for `bugs --matrix`.
# A page of the file becomes writable in a private mapping.
mmfuzz 1
profile v6.18
mutant invent:write@mremap@file
expect errno wrong-result
mmap p0 0 1 file i0@0 r
populate p0 0 1 r
mremap p0 0 1 -> 8
store p0 8
