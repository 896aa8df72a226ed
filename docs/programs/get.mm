# A FOLL_GET reference is no pin: it keeps the page that it got, and does not follow the process's next store.
mmfuzz 1
profile v6.18
expect nothing
mmap p0 0 1 anon rw
store p0 0
fork p0 -> p1
get p0 0 1 r -> g0
store p0 0
devread g0 0
load p0 0
