# unshare-keeps-soft-dirty: mm: support GUP-triggered unsharing of anonymous pages (v5.19)
# With the fix off: an unsharing copy drops soft_dirty.
mmfuzz 1
profile v6.18
without unshare-keeps-soft-dirty
with clear-refs-migration
with clear-refs-pinned-mark
expect soft-dirty-complete not-reported
mmap p0 0 1 anon rw
clear-refs p0
store p0 0
fork p0 -> p1
pin p0 0 1 r -> g0
