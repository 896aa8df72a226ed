# guard-over-marker: none: present in 6.18
# With the fix off: MADV_GUARD_INSTALL meets a uffd-wp marker of a memfd, zaps the range, which leaves the marker, and
# starts anew for ever.
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
with guard-flush
expect uffd-live endless-fault
mmap p0 0 1 memfd i0@0 r
uffd p0 -> u0
register u0 0 1
wp u0 0 1
guard p0 0 1
