# truncate-unmap-locked: mm: fix fault vs invalidate race for linear mappings (v2.6)
# With the fix off: a fault maps a page between its unmapping and its lock, and keeps what the file has no more.
mmfuzz 1
profile v6.18
without truncate-unmap-locked
expect cow-isolation wrong-content
mmap p0 0 1 shared i0 rw
start t0 remove p0 0 1
step t0 6
store p0 0 by t4
step t0 8
