# A pin follows its page when that is moved: what the device writes through it is a store to the new place, also
# while that is being discarded.
mmfuzz 1
profile v6.18
with clear-refs-migration
with clear-refs-pinned-mark
with madv-free-shared
expect nothing
mmap p0 0 2 anon rw
pin p0 1 1 rw -> g3
mremap p0 1 1 -> 0
start t0 munmap p0 0 2
devwrite g3 0
