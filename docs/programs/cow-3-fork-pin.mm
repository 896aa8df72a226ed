# On 5.7 fork shares a pinned page; the parent's store then gets a copy, and the device keeps the old page.
mmfuzz 1
profile v5.7
expect pin-coherent page-replaced
mmap p0 0 1 anon rw
store p0 0
pin p0 0 1 rw -> g0
fork p0 -> p1
store p0 0
