# dirty-cow: mm: remove gup_flags FOLL_WRITE games from __get_user_pages() (v4.9)
# With the fix off: a forced write that has broken COW takes whatever is mapped when it looks again, also the
# file's page.
mmfuzz 1
profile v6.18
without dirty-cow
with clear-refs-migration
with clear-refs-pinned-mark
expect cow-isolation file-holds-foreign
mmap p0 0 1 file i0@0 r
load p0 0
start t8 force-write p0 0
step t8 7
dontneed p0 0 1
step t8 7
