# MADV_POPULATE asks for FOLL_HWPOISON, and answers EHWPOISON (seen on a running 6.18.44).
mmfuzz 1
profile v6.18
expect nothing
mmap p0 8 2 memfd i0@0 rw
uffd p0 -> u0
register u0 0 16
poison u0 8 1
populate p0 8 2 rw = EHWPOISON
populate p0 9 1 r = ok
