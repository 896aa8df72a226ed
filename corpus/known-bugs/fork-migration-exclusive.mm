# fork-migration-exclusive: mm: remember exclusively mapped anonymous pages with PG_anon_exclusive (v5.19)
# With the fix off: fork leaves exclusive migration entries as they are, and both sides come back exclusive.
mmfuzz 1
profile v6.18
without fork-migration-exclusive
with clear-refs-migration
with clear-refs-pinned-mark
expect excl-single migration-exclusive-shared
mmap p0 0 1 anon rw
store p0 0
start t9 migrate p0 0
step t9 4
fork p0 -> p1
