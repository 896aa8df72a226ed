# unuse-pte-exclusive: mm/swap: remember PG_anon_exclusive via a swp pte bit (v5.19)
# With the fix off: swapoff brings back an exclusive page as possibly shared. The second debugger gets a copy then, and
# what the first one, who had taken the page already, writes is lost.
mmfuzz 1
profile v6.18
without unuse-pte-exclusive
expect cow-isolation wrong-content
mmap p0 0 1 anon r
start t9 force-write p0 0
step t9 6
swapout p0 0
swapoff
force-write p0 0
step t9 1
