# force-cow-dirty: mm/gup: fix FOLL_FORCE COW security issue and remove FOLL_COW (v6.0)
# With the fix off: a forced write that has broken COW takes any dirty entry for its copy, also the file's own page,
# which UFFDIO_CONTINUE maps dirty.
mmfuzz 1
profile v6.18
without force-cow-dirty
with clear-refs-migration
with clear-refs-pinned-mark
with register-resets-protection
with unregister-wakes-all
expect cow-isolation file-holds-foreign
mmap p0 0 1 memfd-private i0@0 r
uffd p0 -> u0
register u0 0 1
load p0 0
start t8 force-write p0 0
step t8 7
dontneed p0 0 1
continue u0 0 1 by t9
step t8 7
