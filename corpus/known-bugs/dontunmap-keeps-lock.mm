# dontunmap-keeps-lock: none: present in 6.18
# With the fix off: MREMAP_DONTUNMAP of one page of a locked mapping unlocks the page beside it, too, and MADV_DONTNEED
# takes that away.
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
with mremap-tells-first
expect errno wrong-result
mmap p0 0 2 anon r
mlock p0 0 2
mremap p0 0 1 -> 2 dontunmap
dontneed p0 1 1
