# unmap-dirty: try_to_unmap: hand pte_dirty to the page (v2.6)
# With the fix off: unmapping a page forgets that it was stored to.
mmfuzz 1
profile v6.18
without unmap-dirty
with clear-refs-migration
with clear-refs-pinned-mark
expect dirty-not-lost inode-content-lost
mmap p0 0 1 shared i0 rw
load p0 0
store p0 0
swapout p0 0
