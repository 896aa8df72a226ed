# Who punches a hole walks mappings of others, which must not go away meanwhile.
mmfuzz 1
profile v6.18
expect nothing
mmap p0 0 1 shared i0 r
fork p0 -> p1
load p0 0
start t0 exit p0
start t1 remove p1 0 1
step t1 5
step t0 7
step t1 20
step t0 7
load p1 0
