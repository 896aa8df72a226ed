# unmap-exclusive-flush: mm: remember exclusively mapped anonymous pages with PG_anon_exclusive (v5.19)
# With the fix off: reclaim defers the flush of an exclusive page, and GUP-fast pins it behind the look at its
# pins.
mmfuzz 1
profile v5.19
without unmap-exclusive-flush
without gupfast-exclusive-recheck
expect pin-exclusive pinned-but-shared
mmap p0 0 1 anon rw
store p0 0
start t0 pin p0 0 1 r fast -> g0
step t0 1
swapout p0 0
step t0 4
