# 5.9 copies pinned pages at fork, but GUP-fast takes no lock: it pins between fork's look at the pins and its
# write-protection. 5.11 has write_protect_seq; here it is taken out.
mmfuzz 1
profile v5.18
without gupfast-fork-seq
expect pin-coherent page-replaced
mmap p0 0 1 anon rw
store p0 0
start t0 fork p0 -> p1
step t0 4
pin p0 0 1 rw fast -> g0 by t4
step t0 20
store p0 0
