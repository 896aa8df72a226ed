# scan-wp-atomic: fs/proc/task_mmu: fix loss of young/dirty bits during pagemap scan (v6.9)
# With the fix off: PAGEMAP_SCAN protects an entry as it was read before, and a dirty bit set meanwhile is lost.
# The entry is writable and clean, and its page clean in the swap cache, since a read brought it back.
mmfuzz 1
profile v6.18
without scan-wp-atomic
swap asynchronous
expect dirty-not-lost swap-content-lost
mmap p0 0 1 anon rw
uffd p0 -> u0 wp-async
register u0 0 1
store p0 0
swapout p0 0
load p0 0
start t8 scan p0 0 1 wp
step t8 3
store p0 0
step t8 9
swapout p0 0
