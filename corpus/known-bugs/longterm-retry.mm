# longterm-retry: mm/gup: add FOLL_UNLOCKABLE (v6.3)
# With the fix off: a long-term pin cannot wait for a userfault's manager, and fails with EFAULT.
mmfuzz 1
profile v6.18
without longterm-retry
with clear-refs-migration
with clear-refs-pinned-mark
expect errno wrong-result
mmap p0 0 1 shared i0 rw
uffd p0 -> u0
register u0 0 1
wp u0 0 1
pin p0 0 1 rw longterm -> g0
