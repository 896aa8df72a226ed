# Into a hole a thread stores through a translation that munmap has yet to flush: who has pinned the page sees it.
mmfuzz 1
profile v6.18
with clear-refs-migration
with clear-refs-pinned-mark
with dontunmap-keeps-lock
with mremap-tells-first
with madv-free-shared
with lazyfree-flush
with register-resets-protection
with unregister-wakes-all
with move-uffd-clear
with poison-resolve
with hole-marker
with scan-migration
with fill-keeps-guard
with guard-over-marker
with guard-flush
expect nothing
mmap p0 0 2 memfd i0@0 rw
fork p0 -> p1
pin p1 1 1 r -> g0
start t8 punch i0 1
step t8 13
store p0 1
start t4 munmap p0 1 1
step t4 2
step t8 3
store p0 1
devread g0 0
