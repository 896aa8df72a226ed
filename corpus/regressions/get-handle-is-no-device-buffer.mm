# A device wrote through a plain reference; it writes through pins only.
mmfuzz 1
profile v6.18
expect nothing
mmap p0 0 2 anon rw
get p0 0 1 rw -> g0
devwrite g0 0
load p0 0
