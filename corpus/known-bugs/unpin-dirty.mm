# A device writes to a page of a memfd whose entry is clean, and the driver gives it back without marking it dirty:
# reclaim drops the page, and the write is gone. io_uring does so with registered buffers (a running 6.18.44).
mmfuzz 1
profile v6.18
without unpin-dirty
expect dirty-not-lost
mmap p0 0 1 memfd i0@0 rw
load p0 0
pin p0 0 1 rw fast longterm -> g0
devwrite g0 0
unpin g0
pageout p0 0 1
load p0 0
