# swapin-race: mm/swap: fix race when skipping swapcache (v6.8)
# With the fix off: two threads read the slot past the swap cache, and the second installs a stale copy.
mmfuzz 1
profile v6.18
without swapin-race
with clear-refs-migration
with clear-refs-pinned-mark
expect cow-isolation wrong-content
mmap p0 0 1 anon rw
start t0 get p0 0 1 rw -> g0
step t0 4
swapout p0 0
step t0 5
store p0 0 by t4
swapout p0 0
step t0 1
