# move-soft-dirty-swap: mm: userfaultfd: correct dirty flags set for both present and swap pte (v6.15)
# With the fix off: UFFDIO_MOVE does not mark a swap entry as changed, though its page is another one now.
mmfuzz 1
profile v6.18
without move-soft-dirty-swap
with clear-refs-migration
with clear-refs-pinned-mark
with madv-free-shared
with move-uffd-clear
with register-resets-protection
with unregister-wakes-all
expect soft-dirty-complete not-reported
mmap p0 0 2 anon rw
uffd p0 -> u0
register u0 0 2
store p0 0
clear-refs p0
swapout p0 0
move u0 0 1 -> 1
