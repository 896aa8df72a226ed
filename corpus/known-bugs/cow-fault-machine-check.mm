# cow-fault-machine-check: mm: support poison recovery from do_cow_fault() (v6.12)
# With the fix off: the store has found and locked the page of the file when it fails, and copies it.
mmfuzz 1
profile v6.18
without cow-fault-machine-check
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
mmap p0 0 1 memfd-private i0@0 rw
mmap p0 1 1 memfd i0@0 rw
store p0 1
start t4 store p0 0
step t4 4
memory-failure p0 1
step t4 1
