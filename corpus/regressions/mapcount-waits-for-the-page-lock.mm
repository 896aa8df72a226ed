# Up to 5.8 do_wp_page waits for the page lock and then reuses; the model copied at once, so that a pin was left behind.
mmfuzz 1
profile v5.7
expect nothing
mmap p0 0 1 anon rw
store p0 0
pin p0 0 1 rw -> g0
mprotect p0 0 1 r
mprotect p0 0 1 rw
start t9 migrate p0 0
store p0 0
step t9 20
