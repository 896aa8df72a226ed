# lazyfree-flush: none: present in 6.18
# With the fix off: a thread reads a discarded lazyfree page through a stale translation after another has stored anew.
mmfuzz 1
profile v6.18
with clear-refs-migration
with clear-refs-pinned-mark
with madv-free-shared
expect cow-isolation wrong-load
mmap p0 0 1 anon rw
store p0 0
free p0 0 1
load p0 0
start t8 swapout p0 0
step t8 3
store p0 0 by t4
load p0 0
