# 5.9 to 5.18: whoever counts references takes the pin for a sharer. The owner's store gets a copy, the pin is lost.
mmfuzz 1
profile v5.18
expect pin-coherent page-replaced
mmap p0 0 1 anon rw
store p0 0
pin p0 0 1 rw -> g0
mprotect p0 0 1 r
mprotect p0 0 1 rw
store p0 0
