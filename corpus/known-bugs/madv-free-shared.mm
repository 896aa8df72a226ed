# madv-free-shared: none: present in 6.18
# With the fix off: MADV_FREE makes a clean page lazyfree that others map too, and reclaim discards it for them as well.
mmfuzz 1
profile v6.18
with clear-refs-migration
with clear-refs-pinned-mark
expect dirty-not-lost nothing-left
mmap p0 0 1 anon rw
store p0 0
swapout p0 0
load p0 0
fork p0 -> p1
free p0 0 1
swapout p0 0
