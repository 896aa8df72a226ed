# mprotect-softdirty: mm/mprotect: fix soft-dirty checks in can_change_pte_writable() (v6.0)
# With the fix off: mprotect makes a dirty entry of shared memory writable again although clear_refs waits for a store.
mmfuzz 1
profile v6.18
without mprotect-softdirty
expect soft-dirty-complete not-reported
mmap p0 0 1 shared i0 rw
store p0 0
clear-refs p0
mprotect p0 0 1 r
mprotect p0 0 1 rw
store p0 0
