# While a page is being moved its entry says "wait": a store blocks until the migration is over.
mmfuzz 1
profile v6.18
expect nothing
mmap p0 0 1 anon rw
store p0 0
start t9 migrate p0 0
step t9 4
store p0 0
step t9 12
load p0 0
