# softdirty-notify: mm: softdirty: enable write notifications on VMAs after VM_SOFTDIRTY cleared (v3.18)
# With the fix off: a shared mapping gets writable clean entries although clear_refs wants to hear of the first
# store.
mmfuzz 1
profile v6.18
without softdirty-notify
with clear-refs-migration
with clear-refs-pinned-mark
expect soft-dirty-complete not-reported
mmap p0 0 1 shared i0 rw
clear-refs p0
load p0 0
store p0 0
