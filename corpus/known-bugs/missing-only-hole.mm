# missing-only-hole: userfaultfd: shmem: add shmem_mcopy_atomic_pte for userfaultfd support (v4.11)
# With it off: a page that the page cache has raises an event as if it were missing.
mmfuzz 1
profile v6.18
without missing-only-hole
with clear-refs-migration
with clear-refs-pinned-mark
with register-resets-protection
with unregister-wakes-all
expect uffd-live event-without-cause
mmap p0 0 1 shared i0 rw
uffd p0 -> u0
register u0 0 1 missing
copy u0 0 1
dontneed p0 0 1
store p0 0
