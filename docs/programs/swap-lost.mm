# fork must take that mark out of both entries: else the parent's store shows through in the child.
mmfuzz 1
profile v6.18
without swap-exclusive-fork
expect excl-single swap-exclusive-shared
mmap p0 0 1 anon rw
store p0 0
swapout p0 0
fork p0 -> p1
