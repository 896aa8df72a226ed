# A private file mapping can be watched with WP_ASYNC, but COPY, ZEROPAGE, CONTINUE and POISON answer EINVAL there. The
# model once filled it, and put page-cache pages into it that were dirty for no store.
mmfuzz 1
profile v6.18
expect nothing
mmap p0 0 1 file i0@0 rw
uffd p0 -> u0 wp-async
register u0 0 1
write i0 0
continue u0 0 1
copy u0 0 1
zeropage u0 0 1
poison u0 0 1
load p0 0
