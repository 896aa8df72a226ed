# Generated fault drop:exclusive@numa-hint@anon: rarely met by generated programs, so it is kept for `bugs --matrix`.
# Two debuggers: the first has taken the page, the second gets a copy, and what the first writes is lost.
mmfuzz 1
profile v6.18
mutant drop:exclusive@numa-hint@anon
expect cow-isolation wrong-content
mmap p0 0 1 anon r
start t9 force-write p0 0
step t9 6
numa-hint p0 0 1
force-write p0 0
step t9 1
