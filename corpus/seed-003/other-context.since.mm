# UFFDIO_WRITEPROTECT over a range: a mapping that another userfaultfd has registered: nobody asks which one; 6.4.
mmfuzz 1
profile v6.4
expect nothing
mmap p0 0 4 anon rw
uffd p0 -> u0
uffd p0 -> u1
register u1 0 4
store p0 0
store p0 3
wp u0 0 4 = ok
store p0 0 = blocked
read u0 = EAGAIN
read u1 = ok
