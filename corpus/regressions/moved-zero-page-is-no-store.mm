# mremap marks what it moves as written; but a zero page was never stored to, and fork does not copy its entry.
mmfuzz 1
profile v6.18
with clear-refs-migration
with clear-refs-pinned-mark
with madv-free-shared
expect nothing
mmap p0 0 2 anon rw
clear-refs p0
load p0 0
mremap p0 0 1 -> 8
fork p0 -> p3
load p3 8
pagemap p3 8
