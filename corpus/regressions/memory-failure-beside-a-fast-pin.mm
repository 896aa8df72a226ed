# A page's memory fails while GUP-fast takes it: it belongs to its handles alone, and they see each other's stores.
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
mmap p0 0 1 anon rw
direct-io p0 0 in
get p0 0 1 r -> g0
start t0 pin p0 0 1 rw fast -> g1
step t0 4
memory-failure p0 0 by t4
step t0 1
mremap p0 0 1 -> 1
devwrite g1 0
devread g0 0
