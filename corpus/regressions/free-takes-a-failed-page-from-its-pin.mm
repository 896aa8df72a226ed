# MADV_FREE takes the entry of a page away whose memory has failed, before memory_failure is done with the page: what
# the owner stores next lies elsewhere, and the pin was still expected to show it. Found in 1.2 billion operations.
mmfuzz 1
profile v6.18
expect nothing
mmap p0 0 1 anon rw
pin p0 0 1 rw -> g0
store p0 0
start t0 memory-failure p0 0
start t4 free p0 0 1
step t0 10
step t4 3
force-write p0 0
devread g0 0
