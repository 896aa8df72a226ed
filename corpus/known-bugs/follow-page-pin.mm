# follow-page-pin: mm/gup: disallow follow_page(FOLL_PIN) (v5.19)
# With the fix off: follow_page hands out a pin of a shared page without unsharing it.
mmfuzz 1
profile v6.18
without follow-page-pin
with clear-refs-migration
with clear-refs-pinned-mark
expect pin-exclusive pinned-but-shared
mmap p0 0 1 anon rw
store p0 0
fork p0 -> p1
pin p0 0 1 r follow -> g0
