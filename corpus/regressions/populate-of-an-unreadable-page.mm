# MADV_POPULATE of a page that cannot be read in fails with EFAULT.
mmfuzz 1
profile v6.18
expect nothing
mmap p0 0 2 anon rw
inject read-in 0
store p0 0 by t4
pageout p0 0 1
populate p0 0 1 rw by t4
