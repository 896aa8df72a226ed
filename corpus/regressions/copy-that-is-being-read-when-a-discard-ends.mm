# A discard ends while a private copy that came meanwhile is being read from swap: what the page in the swap cache
# holds by then is not its content.
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
swap asynchronous
expect nothing
mmap p0 0 1 memfd-private i0@0 r
start t0 dontneed p0 0 1
step t0 2
force-write p0 0
swapout p0 0
start t4 load p0 0
step t4 2
step t0 4
step t4 2
