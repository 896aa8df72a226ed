# clear-refs-migration: none: present in 6.18 (not released)
# With the fix off: clear_refs leaves a writable migration entry writable, and a clean page is stored to without
# a mark.
mmfuzz 1
profile v6.18
with clear-refs-pinned-mark
expect soft-dirty-complete not-reported
mmap p0 0 1 shared i0 rw
pin p0 0 1 r -> g0
start t9 migrate p0 0
step t9 4
clear-refs p0
step t9 3
store p0 0
