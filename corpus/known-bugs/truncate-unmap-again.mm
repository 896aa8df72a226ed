# truncate-unmap-again: mm: fix fault vs invalidate race for linear mappings (v2.6)
# With the fix off: a store copies a page while it is truncated, and the copy stays behind the end of the file.
mmfuzz 1
profile v6.18
without truncate-unmap-again
expect cow-isolation behind-end
mmap p0 0 1 file i1@0 r
start t8 force-write p0 0
step t8 6
truncate i1 0 by t9
step t8 2
