# UFFDIO_REGISTER and UNREGISTER of a process that is gone answer ENOMEM, WRITEPROTECT answers ESRCH (seen on a running 6.18.44).
mmfuzz 1
profile v6.18
expect nothing
uffd p0 -> u0
exit p0
unregister u0 8 1 = ENOMEM
register u0 8 1 = ENOMEM
wp u0 8 1 = ESRCH
