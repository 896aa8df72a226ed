# A pin that GUP-fast took while mremap moved its page follows the page.
mmfuzz 1
profile v6.18
expect nothing
mmap p0 0 2 anon rw
store p0 0 by t4
start t0 mremap p0 0 1 -> 8
start t4 pin p0 0 1 r fast -> g3
step t0 1
step t0 1
step t4 3
step t0 2
step t0 4
step t4 3
step t0 1
step t0 1
step t0 1
step t0 1
step t0 1
devread g3 0
