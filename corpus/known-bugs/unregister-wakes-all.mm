# unregister-wakes-all: present in v6.18.
# UNREGISTER leaves threads asleep that wait for write-protection or minor faults in its range.
mmfuzz 1
profile v6.18
with clear-refs-migration
with clear-refs-pinned-mark
with register-resets-protection
expect locks nobody-wakes
mmap p0 0 1 anon rw
load p0 0
uffd p0 -> u0
register u0 0 1
wp u0 0 1
store p0 0
unregister u0 0 1
