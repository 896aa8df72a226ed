# Generated fault invent:exclusive@lazyfree@anon: rarely met by generated programs, so it is kept for `bugs --matrix`.
# A child's pipe still holds the page; the parent must copy it, as it is not its own any more.
mmfuzz 1
profile v6.18
mutant invent:exclusive@lazyfree@anon
expect cow-isolation handle-reads-foreign
mmap p0 0 1 anon rw
store p0 0
fork p0 -> p1
vmsplice p1 0 1 -> g0
munmap p1 0 1
free p0 0 1
store p0 0
pipe-read g0
