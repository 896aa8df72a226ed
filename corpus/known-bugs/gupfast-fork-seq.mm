# gupfast-fork-seq: mm/gup: prevent gup_fast from racing with COW during fork (v5.11)
# With the fix off: GUP-fast pins a page between fork's look at its pins and the write-protection.
mmfuzz 1
profile v6.18
without gupfast-fork-seq
with clear-refs-migration
with clear-refs-pinned-mark
expect pin-exclusive pinned-but-shared
mmap p0 0 1 anon rw
store p0 0
start t0 fork p0 -> p1
step t0 4
pin p0 0 1 r fast -> g0 by t4
