# The entry of a page that was swapped out names a slot, and remembers that nobody else has the page.
mmfuzz 1
profile v6.18
expect nothing
mmap p0 0 1 anon rw
store p0 0
swapout p0 0
fork p0 -> p1
store p0 0
load p1 0
