# direct-io-pin: block: Convert bio_iov_iter_get_pages to use iov_iter_extract_pages (v6.5)
# With the fix off: direct I/O takes plain references: beside a fork, what the disk reads lands in the child's page.
mmfuzz 1
profile v6.18
without direct-io-pin
with clear-refs-migration
with clear-refs-pinned-mark
with madv-free-shared
expect pin-coherent page-replaced
mmap p0 0 1 anon rw
store p0 0
start t0 direct-io p0 0 in
step t0 5
fork p0 -> p1 by t4
store p0 0 by t4
step t0 2
load p0 0
