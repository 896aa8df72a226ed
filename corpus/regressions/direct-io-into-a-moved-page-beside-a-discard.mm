# A plain reference of direct I/O up to 6.4: the page had been moved, and what was read into it counted as a store of
# the page where it had been, which a discard where it is now did not expect.
mmfuzz 1
profile v5.8
expect nothing
mmap p0 1 1 anon rw
start t0 direct-io p0 1 in
step t0 8
mremap p0 1 1 -> 0 by t4
start t4 dontneed p0 0 1
step t0 2
step t4 9
load p0 0
