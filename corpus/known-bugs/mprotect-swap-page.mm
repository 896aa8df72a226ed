# mprotect-swap-page: mm: remember exclusively mapped anonymous pages with PG_anon_exclusive (as posted in v2) (v5.19)
# With the fix off: pfn_swap_entry_to_page is asked about a true swap entry.
mmfuzz 1
profile v6.18
without mprotect-swap-page
with clear-refs-migration
with clear-refs-pinned-mark
expect encoding misuse
mmap p0 0 1 anon rw
uffd p0 -> u0
register u0 0 1
store p0 0
swapout p0 0
close u0
