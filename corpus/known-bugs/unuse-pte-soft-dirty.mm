# unuse-pte-soft-dirty: mm/swapfile: fix lost swap bits in unuse_pte() (v5.19)
# With the fix off: swapoff drops soft_dirty of the pages that it brings back.
mmfuzz 1
profile v6.18
without unuse-pte-soft-dirty
with clear-refs-migration
with clear-refs-pinned-mark
with madv-free-shared
expect soft-dirty-complete not-reported
mmap p0 0 1 anon rw
clear-refs p0
store p0 0
swapout p0 0
swapoff
