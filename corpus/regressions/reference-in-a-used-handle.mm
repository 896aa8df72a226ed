# A passing reference inherited what the pin promised that had its handle before.
mmfuzz 1
profile v6.18
expect nothing
mmap p0 0 2 anon rw
pin p0 1 2 rw longterm -> g0 by t4
start t4 fork p0 -> p3
unpin g0
step t4 4
step t4 5
store p3 0
fork p3 -> p2
ref p2 0 -> g0
store p2 0
