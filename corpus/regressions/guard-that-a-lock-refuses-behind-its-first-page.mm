# ...nor behind the locked page.
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
mmap p0 0 2 anon rw
mlock p0 0 1
uffd p0 -> u0
register u0 1 1
start t4 guard p0 1 1
step t4 2
unguard p0 1 1
copy u0 1 1
step t4 3
start t0 guard p0 0 2
store p0 1 by t4
