# Generated fault invent:dirty@fault@file: harmless since 6.0. Before, a forced write took a dirty entry for a copy of its
# own, and so the file itself was written here.
mmfuzz 1
profile v6.18
without force-cow-dirty
mutant invent:dirty@fault@file
expect cow-isolation file-holds-foreign
mmap p0 0 1 file i0@0 r
start t8 force-write p0 0
step t8 12
dontneed p0 0 1
load p0 0
step t8 3
