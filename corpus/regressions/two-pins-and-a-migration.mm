# A pin taken while a migration was under way was not followed by the reference memory.
mmfuzz 1
profile v6.18
expect nothing
mmap p0 0 2 anon rw
store p0 0
start t9 migrate p0 0
step t9 2
start t0 pin p0 0 1 rw fast -> g3
step t0 2
step t9 12
step t0 1
start t0 pin p0 0 1 rw fast -> g0
step t0 3
start t9 migrate p0 0
step t9 2
step t0 1
step t0 1
devwrite g0 0
devread g3 0
