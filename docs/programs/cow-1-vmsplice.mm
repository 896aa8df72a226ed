# Up to 5.7, CVE-2020-29374: the child keeps a reference in a pipe and unmaps; the page is now mapped once, the parent
# writes it in place, and the child reads the parent's secret from the pipe.
mmfuzz 1
profile v5.7
expect cow-isolation handle-reads-foreign
mmap p0 0 1 anon rw
store p0 0
fork p0 -> p1
vmsplice p1 0 1 -> g0
munmap p1 0 1
store p0 0
pipe-read g0
