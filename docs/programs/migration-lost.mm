# A read-only entry must come back read-only: this one comes back writable beside its uffd-wp bit.
mmfuzz 1
profile v6.1
without migrate-wrprotect
expect uffd-wp-no-write-through store-without-event
mmap p0 0 1 memfd i0@0 rw
uffd p0 -> u0
register u0 0 1
store p0 0
wp u0 0 1
migrate p0 0
store p0 0
