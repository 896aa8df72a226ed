# speculative-ref: up to v5.18 a passing reference at fault time is enough for a copy. Nothing is lost by it but time:
# no property depends on it, and the goal NeedlessCopy counts it.
mmfuzz 1
profile v5.18
expect nothing
mmap p0 0 1 anon rw
store p0 0
mprotect p0 0 1 r
mprotect p0 0 1 rw
ref p0 0 -> g0
store p0 0
unref g0
