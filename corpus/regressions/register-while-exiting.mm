# A userfaultfd of a process that is exiting was expected to work.
mmfuzz 1
profile v6.18
expect nothing
fork p0 -> p1 by t4
uffd p1 -> u0
start t1 exit p1
register u0 5 1 by t9
