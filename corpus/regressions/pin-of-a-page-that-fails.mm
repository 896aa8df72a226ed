# Until a page whose memory fails is unmapped, who pins it has what the process has there.
mmfuzz 1
profile v6.18
expect nothing
mmap p0 0 1 anon rw
store p0 0
start t0 memory-failure p0 0
step t0 5
pin p0 0 1 rw -> g0 by t4
devwrite g0 0
