# A forced write copies a private page behind a discard, and others have the copy when the discard ends.
mmfuzz 1
profile v6.18
with clear-refs-migration
with clear-refs-pinned-mark
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
mmap p0 0 1 memfd-private i0@0 r
mmap p0 1 1 memfd i0@0 rw
uffd p0 -> u0
register u0 0 1
copy u0 0 1 wp
start t0 dontneed p0 0 1
step t0 3
force-write p0 0
start t8 migrate-vma p0 0
step t8 3
step t0 4
force-write p0 1 by t9
step t8 3
