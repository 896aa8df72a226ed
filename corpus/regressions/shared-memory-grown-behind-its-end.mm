# Shared anonymous memory is as large as its first mapping: what mremap adds lies behind its end (found on 6.18.44).
mmfuzz 1
profile v6.18
expect nothing
mmap p0 0 1 shared i0 rw
mlock p0 0 1
mremap p0 0 1 to 2
load p0 1
mremap p0 0 2 to 3 -> 4
store p0 5
store p0 4
