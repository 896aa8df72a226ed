# migrate-gupfast: mm: remember exclusively mapped anonymous pages with PG_anon_exclusive (v5.19)
# With the fix off: migration looks at the pins while the entry is still there, and GUP-fast pins behind its
# back.
mmfuzz 1
profile v6.18
without migrate-gupfast
with clear-refs-migration
with clear-refs-pinned-mark
expect pin-exclusive pinned-but-shared
mmap p0 0 1 anon rw
store p0 0
start t0 pin p0 0 1 r fast -> g0
migrate p0 0
step t0 5
