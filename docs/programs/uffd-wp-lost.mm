# The bit must survive swap: if the swap entry does not carry it, the next store goes unheard.
mmfuzz 1
profile v6.18
without uffd-swap
expect uffd-wp-not-lost bit-lost
mmap p0 0 1 anon rw
store p0 0
uffd p0 -> u0
register u0 0 1
wp u0 0 1
swapout p0 0
store p0 0
