# shmem-keeps-failed: mm: shmem: don't truncate page if memory failure happens (v5.16)
# With the fix off: the page leaves the page cache with its memory error, and what was stored reads as zeros.
mmfuzz 1
profile v6.18
without shmem-keeps-failed
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
expect dirty-not-lost inode-content-lost
mmap p0 0 1 memfd i0@0 rw
store p0 0
memory-failure p0 0
