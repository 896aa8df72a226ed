# unuse-unreadable: mm/swapfile: unuse_pte can map random data if swap read fails (v6.0)
# With the fix off: the swap cache keeps the failed page, since it is dirty, and swapoff maps it again.
mmfuzz 1
profile v6.18
without unuse-unreadable
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
swap asynchronous
expect hwpoison-contained failed-page-mapped
mmap p0 0 1 anon rw
store p0 0
ref p0 0 -> g0
swapout p0 0
memory-failure p0 0
swapoff
