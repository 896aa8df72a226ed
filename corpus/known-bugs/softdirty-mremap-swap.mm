# softdirty-mremap-swap: mm: move_ptes -- Set soft dirty bit depending on pte type (v3.13)
# With the fix off: mremap marks a swap entry as if it were a present one.
mmfuzz 1
profile v6.18
without softdirty-mremap-swap
with clear-refs-migration
with clear-refs-pinned-mark
with madv-free-shared
expect encoding misuse
mmap p0 0 1 anon rw
store p0 0
swapout p0 0
mremap p0 0 1 -> 1
