# A store to a protected page waits until the manager has heard of it and lifts the protection.
mmfuzz 1
profile v6.18
expect nothing
mmap p0 0 1 anon rw
store p0 0
uffd p0 -> u0
register u0 0 1
wp u0 0 1
store p0 0
read u0
unwp u0 0 1
load p0 0
