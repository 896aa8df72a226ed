# A pin of a page that was faulted in while a discard was under way was taken for discarded.
mmfuzz 1
profile v6.18
expect nothing
mmap p0 0 8 anon rw
start t0 dontneed p0 2 1
step t0 2
pin p0 2 1 rw fast -> g2 by t4
devwrite g2 0
step t0 1
step t0 1
step t0 1
step t0 1
