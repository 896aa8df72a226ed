# unmap-swap-free: mm/rmap: fix missing swap_free() in try_to_unmap() after arch_unmap_one() failed (v5.19)
# With the fix off: the swap use count is not given back when arch_unmap_one fails.
mmfuzz 1
profile v6.18
without unmap-swap-free
with clear-refs-migration
with clear-refs-pinned-mark
expect counts swap-count
inject arch-unmap-one 0
mmap p0 0 1 anon rw
store p0 0
swapout p0 0
