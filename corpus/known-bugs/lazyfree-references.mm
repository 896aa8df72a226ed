# lazyfree-references: mm: fix race between MADV_FREE reclaim and blkdev direct IO read (v5.18)
# With the fix off: reclaim discards a lazyfree page that a device is about to write to.
mmfuzz 1
profile v6.18
without lazyfree-references
with clear-refs-migration
with clear-refs-pinned-mark
with madv-free-shared
expect pin-coherent page-replaced
mmap p0 0 1 anon rw
pin p0 0 1 rw -> g0
free p0 0 1
swapout p0 0
