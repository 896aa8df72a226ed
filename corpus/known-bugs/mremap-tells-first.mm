# mremap-tells-first: none: present in 6.18
# With the fix off: mremap faults in what a locked mapping grew by, its manager answers EAGAIN until it has read of the
# move, and that is told only when the pages are there.
mmfuzz 1
profile v6.18
with clear-refs-migration
with clear-refs-pinned-mark
with lazyfree-flush
with madv-free-shared
with move-uffd-clear
with poison-resolve
with hole-marker
with register-resets-protection
with scan-migration
with unregister-wakes-all
with fill-keeps-guard
with guard-over-marker
with guard-flush
with dontunmap-keeps-lock
expect locks deadlock
mmap p0 0 1 anon r
mlock p0 0 1
uffd p0 -> u0 event-remap
register u0 0 1 missing
mremap p0 0 1 to 2 -> 1
