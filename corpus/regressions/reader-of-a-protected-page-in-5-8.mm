# In 5.8 GUP breaks COW even to read: on a protected page that is a write fault, and with FEATURE_SIGBUS it fails. The
# contract once promised success.
mmfuzz 1
profile v5.8
expect nothing
mmap p0 0 1 anon rw
load p0 0
uffd p0 -> u0 sigbus
register u0 0 1
wp u0 0 1
pin p0 0 1 r -> g0
vmsplice p0 0 1 -> g0
