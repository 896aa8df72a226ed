# guard-flush: none: present in 6.18
# With the fix off: MADV_DONTNEED has emptied the entry and not flushed yet; MADV_GUARD_INSTALL finds nothing to zap, puts
# its guard there, and returns while the page can still be read and written through translations.
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
expect tlb stale-after-return
mmap p0 0 1 anon r
load p0 0
start t0 dontneed p0 0 1
step t0 2
guard p0 0 1 by t4
