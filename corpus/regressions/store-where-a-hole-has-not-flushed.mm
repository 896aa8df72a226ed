# MADV_REMOVE has taken the entry and not flushed yet; mremap moves the mapping away, and a store to the old place lands in
# the file through the old translation (1 in 10^9 operations).
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
with hole-marker
with scan-migration
expect nothing
mmap p0 0 1 shared i0 rw
start t4 remove p0 0 1
step t4 1
store p0 0
start t0 mremap p0 0 1 -> 1
step t0 6
step t4 4
step t0 8
store p0 0
