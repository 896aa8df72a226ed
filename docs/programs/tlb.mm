# A CPU keeps translations: until the flush, the other thread still stores to the page that is being unmapped.
mmfuzz 1
profile v6.18
expect nothing
mmap p0 0 1 anon rw
store p0 0
store p0 0 by t4
start t0 dontneed p0 0
step t0 3
store p0 0 by t4
step t0 8
load p0 0 by t4
