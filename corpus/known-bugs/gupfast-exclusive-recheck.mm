# gupfast-exclusive-recheck: mm: introduce a general RCU get_user_pages_fast() (v3.19)
# With the fix off: GUP-fast does not read the entry again once it has its reference.
mmfuzz 1
profile v6.18
without gupfast-exclusive-recheck
with clear-refs-migration
with clear-refs-pinned-mark
expect pin-exclusive pinned-but-shared
mmap p0 0 1 anon rw
store p0 0
start t0 pin p0 0 1 r fast -> g0
step t0 1
swapout p0 0
step t0 4
