# fork-machine-check: mm: support poison recovery from copy_present_page() (v6.12)
# With the fix off: the pinned page fails, is still mapped, and fork has to copy it for the child.
mmfuzz 1
profile v6.18
without fork-machine-check
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
expect hwpoison-contained failed-page-copied
mmap p0 0 1 anon rw
pin p0 0 1 rw -> g0
start t0 memory-failure p0 0
step t0 5
fork p0 -> p1 by t4
