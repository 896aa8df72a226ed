# vmsplice-reuse: gup: document and work around "COW can break either way" issue (v5.8)
# With the fix off: a child keeps a FOLL_GET reference and unmaps; the parent reuses the page and the child sees
# its stores.
mmfuzz 1
profile v5.8
without vmsplice-reuse
expect cow-isolation wrong-content
mmap p0 0 1 anon rw
pin p0 0 1 rw -> g0
fork p0 -> p1
pin p1 0 1 r -> g1
devwrite g0 0
