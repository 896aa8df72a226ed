# migration-read-exclusive: mm: remember exclusively mapped anonymous pages with PG_anon_exclusive (v5.19)
# With the fix off: a read-only exclusive page comes back from migration as possibly shared. A reader's pin gets a
# copy then, and what a debugger, who had taken the page already, writes is lost.
mmfuzz 1
profile v6.18
without migration-read-exclusive
expect cow-isolation wrong-content
mmap p0 0 1 anon r
start t8 force-write p0 0
step t8 6
migrate p0 0
direct-io p0 0 out
step t8 1
