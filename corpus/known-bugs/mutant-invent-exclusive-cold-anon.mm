# Generated fault invent:exclusive@cold@anon: rarely met by generated programs, so it is kept for `bugs --matrix`.
# The child's swap entry still names the slot of the page.
mmfuzz 1
profile v6.18
mutant invent:exclusive@cold@anon
expect excl-single slot-still-used
mmap p0 0 1 anon rw
store p0 0
fork p0 -> p1
swapout p0 0
load p0 0
cold p0 0 1
