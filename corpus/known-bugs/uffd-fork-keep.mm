# uffd-fork-keep: mm/userfaultfd: fix uffd-wp special cases for fork() (v5.14)
# With the fix off: a child that stays registered through EVENT_FORK loses its uffd_wp bits. The fork is over when the
# manager has read of it.
mmfuzz 1
profile v6.18
without uffd-fork-keep
with clear-refs-migration
with clear-refs-pinned-mark
with register-resets-protection
with unregister-wakes-all
expect uffd-wp-not-lost bit-lost
mmap p0 0 1 anon rw
uffd p0 -> u0 event-fork
register u0 0 1
store p0 0
wp u0 0 1
fork p0 -> p1
read u0
