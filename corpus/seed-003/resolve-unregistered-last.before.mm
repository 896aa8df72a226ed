# UFFDIO_WRITEPROTECT over a range: resolve of a registered mapping and one that is not: nobody is woken; the last release before 6.4.
mmfuzz 1
profile v6.3
expect nothing
mmap p0 0 4 anon rw
uffd p0 -> u0
register u0 0 4
store p0 0
store p0 3
wp u0 0 4
unregister u0 2 2
store p0 0 = blocked
unwp u0 0 4 = ENOENT
load p0 0 = skipped
wake u0 0 4 = ok
load p0 0 = skipped
