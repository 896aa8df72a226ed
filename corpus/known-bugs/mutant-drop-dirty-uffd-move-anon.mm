# Generated fault drop:dirty@uffd-move@anon: rarely met by generated programs, so it is kept for `bugs --matrix`.
# The page is clean in the swap cache, and only the entry knows of the second store.
mmfuzz 1
profile v6.18
mutant drop:dirty@uffd-move@anon
swap asynchronous
expect dirty-not-lost swap-content-lost
mmap p0 0 9 anon rw
store p0 0
swapout p0 0
load p0 0
store p0 0
uffd p0 -> u0
register u0 8 1
move u0 0 1 -> 8
swapout p0 8
