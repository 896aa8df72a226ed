# cow-machine-check: mm, hwpoison: try to recover from copy-on write faults (v6.2)
# With the fix off: the page fails, is still mapped, and the child's store has to copy it.
mmfuzz 1
profile v6.18
without cow-machine-check
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
store p0 0
fork p0 -> p1
start t0 memory-failure p0 0
step t0 5
store p1 0
