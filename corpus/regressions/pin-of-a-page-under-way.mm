# GUP-fast takes no lock: it takes a page while mremap moves it, and the pin must follow to the new place all the same.
mmfuzz 1
profile v6.18
with clear-refs-migration
with clear-refs-pinned-mark
with madv-free-shared
expect nothing
mmap p0 0 2 anon rw
start t0 pin p0 1 1 rw fast -> g2
store p0 1 by t4
start t4 mremap p0 1 1 -> 9
step t4 9
step t0 20
step t4 99
devwrite g2 0
load p0 9
