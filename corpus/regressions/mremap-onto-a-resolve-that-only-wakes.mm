# mremap brings a protected page to where a resolve has dropped mmap_lock and only has to wake.
mmfuzz 1
profile v6.18
with clear-refs-migration
with clear-refs-pinned-mark
with madv-free-shared
with lazyfree-flush
with register-resets-protection
with unregister-wakes-all
with move-uffd-clear
with poison-resolve
expect nothing
mmap p0 0 9 anon r
populate p0 0 1 r
uffd p0 -> u0 event-remap event-unmap
register u0 0 9
wp u0 0 1
start t8 unwp u0 8 1
mremap p0 0 1 -> 8
step t8 7
step t8 1
