# A call takes a page of a shared mapping, which a private one of its file replaces meanwhile: no copy of it is due.
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
mmap p0 0 1 memfd i0@0 rw
load p0 0
start t0 direct-io p0 0 in
step t0 4
mmap p0 0 1 memfd-private i0@0 r fixed by t4
load p0 0 by t4
step t0 2
