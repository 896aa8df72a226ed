# A fast pin of a shared page completes after mremap has put a private mapping of the same page there: nothing holds
# that mapping to the pin.
mmfuzz 1
profile v6.18
with clear-refs-migration
with clear-refs-pinned-mark
with madv-free-shared
with lazyfree-flush
with register-resets-protection
with unregister-wakes-all
with move-uffd-clear
with poison-resolve
expect nothing
mmap p0 0 1 memfd-private i0@0 rw
mmap p0 8 1 memfd i0@0 rw
load p0 8
populate p0 0 1 r
start t0 pin p0 8 1 r fast longterm -> g0
step t0 4
mremap p0 0 1 -> 8 by t4
step t0 1
store p0 8
