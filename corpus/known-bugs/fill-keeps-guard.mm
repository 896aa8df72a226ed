# fill-keeps-guard: mm: correctly handle UFFD PTE markers
# With the fix off: UFFDIO_COPY takes any marker for one of its own, also a guard, and puts a page there.
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
with guard-over-marker
with guard-flush
expect guard-holds guard-lost
mmap p0 0 1 anon r
uffd p0 -> u0
register u0 0 1
guard p0 0 1
copy u0 0 1
