# A store that set out before a discard, and landed after it had begun, was judged by the number it had when it set out.
mmfuzz 1
profile v6.18
expect nothing
mmap p0 0 4 anon rw
start t0 store p0 2
start t4 dontneed p0 2 1
step t0 1
step t0 3
step t0 1
