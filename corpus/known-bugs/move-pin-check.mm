# move-pin-check: userfaultfd: UFFDIO_MOVE uABI (v6.8)
# With the fix off: UFFDIO_MOVE looks at the pins before it clears the entry, and GUP-fast pins in between.
mmfuzz 1
profile v6.18
without move-pin-check
with clear-refs-migration
with clear-refs-pinned-mark
with madv-free-shared
with move-uffd-clear
with register-resets-protection
with unregister-wakes-all
expect pin-coherent page-replaced
mmap p0 0 2 anon rw
uffd p0 -> u0
register u0 0 2
store p0 0
start t8 move u0 0 1 -> 1
step t8 3
pin p0 0 1 rw fast -> g0
step t8 9
