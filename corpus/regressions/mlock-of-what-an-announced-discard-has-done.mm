# A discard that announces each part is through with page 0 when that is locked, and goes on with page 1.
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
mmap p0 0 2 anon r
pin p0 1 1 r longterm -> g0
uffd p0 -> u0 event-remove
register u0 1 1
dontneed p0 0 2
mlock p0 0 1 by t4
read u0
