# Who punches a hole holds the page's lock and waits for the end of its write-out; who waits for that lock has the page in
# hand too, and was taken for one who could end the write-out: a deadlock that is none.
mmfuzz 1
profile v6.18
expect nothing
mmap p0 0 1 file i1@0 r
write i1 0
start t8 swapout p0 0
step t8 3
punch i1 0 by t9
load p0 0
step t8 9
load p0 0
