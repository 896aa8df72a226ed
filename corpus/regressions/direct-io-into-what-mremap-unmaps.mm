# What a disk read into a page that mremap had taken out of its target was seen through a translation that mremap had
# yet to flush, and the target's row did not allow it.
mmfuzz 1
profile v6.18
expect nothing
mmap p0 0 2 anon rw
store p0 1
start t0 direct-io p0 1 in
start t4 mremap p0 0 1 -> 1
step t0 3
step t4 3
step t0 4
load p0 1
