# While some entries of a shared page were still migration entries, a store through a restored one was taken for a lost one.
mmfuzz 1
profile v6.18
expect nothing
mmap p0 0 4 memfd i0@0 rw
fork p0 -> p1
store p0 3
store p1 3
start t1 vmsplice p1 0 1 fast -> g0
start t9 migrate p1 3
step t9 12
step t1 1
store p0 3 by t4
start t8 clear-refs p1
step t9 1
step t9 1
step t9 1
step t9 2
step t9 1
step t8 2
