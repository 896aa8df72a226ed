# A page stored to and freed lazily while a discard was under way stays lazyfree when that ends.
mmfuzz 1
profile v6.18
expect nothing
mmap p0 0 2 anon rw
start t4 dontneed p0 0 1
step t4 1
step t4 1
store p0 0
free p0 0 2
step t4 5
load p0 0
swapout p0 0
