# hole-marker: none: present in 6.18
# With the fix off: a page is mapped again between the two unmappings of a hole, here by fault-around in another mapping,
# and the second takes the marker of the first mapping with it.
mmfuzz 1
profile v6.18
with clear-refs-migration
with clear-refs-pinned-mark
with lazyfree-flush
with madv-free-shared
with move-uffd-clear
with poison-resolve
with register-resets-protection
with scan-migration
with unregister-wakes-all
expect uffd-wp-not-lost bit-lost
mmap p0 0 1 memfd i0@0 rw
mmap p0 8 1 memfd i0@0 r
uffd p0 -> u0
register u0 0 1
wp u0 0 1
start t9 punch i0 0
step t9 11
load p0 8
step t9 20
