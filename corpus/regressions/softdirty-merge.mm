# David Hildenbrand's scenario in the thread of seed 000: clear_refs, then a merge sets VM_SOFTDIRTY again, and with it
# the write bit of vm_page_prot, so that a write-protected page comes back from migration writable. That is legal: the
# mapping counts as written. It must stay quiet even where the restored entry is not write-protected.
mmfuzz 1
profile v6.1
without migrate-wrprotect
expect nothing
mmap p0 0 2 memfd i0@0 rw
store p0 0
clear-refs p0
mmap p0 2 2 memfd i0@2 rw
migrate p0 0
store p0 0
pagemap p0 0
