# longterm-unshare: mm/gup: reliable R/O long-term pinning in COW mappings (v6.2)
# With the fix off: a long-term pin for reading keeps the zero page or the file's page, and the next store leaves
# it behind.
mmfuzz 1
profile v6.18
without longterm-unshare
with clear-refs-migration
with clear-refs-pinned-mark
expect pin-coherent page-replaced
mmap p0 0 1 anon rw
pin p0 0 1 r longterm -> g0
store p0 0
