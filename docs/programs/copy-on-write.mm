# A child sees the parent's memory as it was at the fork: the first store after it gets a page of its own.
mmfuzz 1
profile v6.18
expect nothing
mmap p0 0 1 anon rw
store p0 0
fork p0 -> p1
store p0 0
load p1 0
load p0 0
