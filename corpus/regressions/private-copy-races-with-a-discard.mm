# The reference memory did not allow a copy made before a discard and installed behind it.
mmfuzz 1
profile v6.18
expect nothing
mmap p0 0 2 memfd-private i0@0 rw
mmap p0 8 2 memfd i0@0 rw
start t0 store p0 0
store p0 0 by t4
store p0 8 by t4
step t0 1
step t0 3
store p0 8 by t4
dontneed p0 0 1 by t4
step t0 3
