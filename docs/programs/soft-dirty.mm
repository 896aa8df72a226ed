# Soft-dirty asks what was written since: clear_refs write-protects, so the next store faults and leaves its mark.
mmfuzz 1
profile v6.18
expect nothing
mmap p0 0 1 anon rw
store p0 0
clear-refs p0
pagemap p0 0
store p0 0
pagemap p0 0
