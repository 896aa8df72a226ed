# softdirty-tlb: mm: proc: Invalidate TLB after clearing soft-dirty page state (v5.11)
# With the fix off: clear_refs returns without a flush, and stores through stale translations go unnoticed.
mmfuzz 1
profile v6.18
without softdirty-tlb
with clear-refs-migration
with clear-refs-pinned-mark
expect tlb stale-rights
mmap p0 0 1 anon rw
store p0 0
clear-refs p0
