# An mremap that answers EINVAL beside one that is moving the page: it has done nothing, and the other's page goes on.
mmfuzz 1
profile v6.18
expect nothing
mmap p0 0 1 anon rw
store p0 0
start t0 mremap p0 0 1 -> 1
step t0 8
mremap p0 0 1 -> 0 dontunmap by t4
load p0 0 by t4
