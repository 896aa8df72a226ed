# uffd-swapin-wrprotect: userfaultfd: wp: support swap and page migration (v5.7)
# With the fix off: a write swap-in maps a protected page writable.
mmfuzz 1
profile v6.1
without uffd-swapin-wrprotect
expect uffd-wp-no-write-through store-without-event
mmap p0 0 1 anon rw
uffd p0 -> u0
register u0 0 1
store p0 0
swapout p0 0
wp u0 0 1
store p0 0
