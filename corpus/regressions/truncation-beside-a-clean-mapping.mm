# A private copy was marked as changed; a truncation takes it, and a fault maps the file's page, clean, until that goes.
mmfuzz 1
profile v6.18
expect nothing
mmap p0 0 1 memfd-private i0@0 r
clear-refs p0
start t0 direct-io p0 0 out
step t0 5
force-write p0 0
step t0 2
truncate i0 0
step t0 1
