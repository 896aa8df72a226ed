/*
 * The binary protocol on standard input and output, little-endian, as docs/linux.md describes it. The numbers are
 * the protocol's own and never change their meaning; src/Linux/Wire.cs has the other end.
 * Not covered: what the operations do.
 */
#ifndef MMFUZZ_PROTOCOL_H
#define MMFUZZ_PROTOCOL_H

#include "system.h"

enum { PROTOCOL_VERSION = 3 };

/* Every message: length of what follows these eight bytes, and its type. */
struct message {
    u32 length;
    u32 type;
};

enum message_type {
    MESSAGE_HELLO = 1,   /* from the executor: version, how it is set up */
    MESSAGE_RUN = 2,     /* a program; the answer has the same type */
    MESSAGE_END = 3,     /* nothing more comes */
};

/* MESSAGE_HELLO */
struct hello {
    u32 version;
    u32 flags;
    u64 uffd_features;
};

enum hello_flags {
    HELLO_REALTIME = 1,  /* actors run before the server: whoever is woken has run when it looks */
    HELLO_PAGES = 2,     /* kpageflags and kpagecount can be read, and page frame numbers */
    HELLO_RING = 4,      /* io_uring with a table of buffers */
    HELLO_FUSE = 8,      /* files whose writes the daemon holds */
    HELLO_NAMESPACES = 16, /* processes and mounts are its own */
};

/* MESSAGE_RUN: this, then `count` operations, then four masks of pages that are loaded in the end. */
struct run {
    u16 count;
    u8 flags;
    u8 seconds;          /* bit p: process p needs its second thread */
};

enum run_flags {
    RUN_FRESH = 1,       /* a new p0, not the one that the last program left */
    RUN_PEEK = 2,        /* the bytes behind every handle after every operation */
    RUN_MOVABLE = 4,     /* some memory must stay movable: a pin for long moves its pages out of it first */
};

enum operation_kind {
    DO_MMAP = 1, DO_MUNMAP, DO_MPROTECT, DO_MADVISE, DO_MREMAP, DO_FORK, DO_EXIT, DO_LOAD, DO_STORE,
    DO_PIN, DO_UNPIN, DO_DEVICE_READ, DO_DEVICE_WRITE, DO_HOLD, DO_VMSPLICE, DO_PIPE_READ,
    DO_UFFD_OPEN, DO_UFFD_CLOSE, DO_REGISTER, DO_UNREGISTER, DO_WRITE_PROTECT, DO_UFFD_READ, DO_WAKE,
    DO_COPY, DO_ZEROPAGE, DO_CONTINUE, DO_POISON, DO_SCAN, DO_FILE_WRITE, DO_FORCE_WRITE,
    DO_MOVE, DO_DIRECT_IO, DO_PROCESS_VM, DO_PUNCH, DO_MIGRATE,
    DO_MLOCK, DO_TRUNCATE,
};

struct operation {
    u8 kind;
    u8 actor;            /* 0-3 main threads, 4-7 second ones, 8 and 9 the server */
    u8 process;
    u8 page;
    u8 length;
    u8 slot;             /* handle, context, child, inode */
    u8 number;           /* page of a handle or inode, target page, mapping, advice */
    u8 mapping;
    u16 flags;
    u16 value;           /* what a store writes; of several pages, the first of as many values */
};

/* Values are multiplied so that a page's bytes are not taken for something else. */
#define VALUE_OF(number) ((u64)(number) * 0x0101010101010101UL)

enum operation_flags {
    FLAG_WRITE = 1, FLAG_READ = 2, FLAG_DONTWAKE = 4, FLAG_PROTECT = 8, FLAG_CHECK = 16,
    FLAG_RESOLVE = 32, FLAG_HOLES = 64, FLAG_DONT_UNMAP = 128, FLAG_IN_PLACE = 256,
    FLAG_FIXED = 512,
};

enum mapping { MAPPING_ANON = 0, MAPPING_SHARED_ANON, MAPPING_MEMFD, MAPPING_MEMFD_PRIVATE, MAPPING_FILE_PRIVATE };

enum uffd_modes { MODE_MISSING = 1, MODE_WP = 2, MODE_MINOR = 4 };

enum context_options {
    OPTION_EVENT_FORK = 1, OPTION_EVENT_REMAP = 2, OPTION_EVENT_REMOVE = 4, OPTION_SIGBUS = 8,
    OPTION_WP_UNPOPULATED = 16, OPTION_WP_ASYNC = 32, OPTION_EVENT_UNMAP = 64,
};

enum operation_status {
    STATUS_ENDED = 0,
    STATUS_BLOCKED = 1,
    STATUS_BUSY = 2,     /* who should do it is blocked, or gone */
    STATUS_UNABLE = 3,   /* this executor cannot do it here */
    STATUS_TIMEOUT = 4,  /* neither an end nor an event */
};

/* A signal is reported as 1000 more than its number. */
enum { SIGNAL_BASE = 1000 };

/* The word that describes a page of a process. */
#define PAGE_NUMBER_BITS 36
enum page_flags {
    PAGE_PRESENT = 1, PAGE_SWAP = 2, PAGE_FILE = 4, PAGE_UFFD_WP = 8, PAGE_MAPPED_ONCE = 16, PAGE_ANON_EXCLUSIVE = 32,
    PAGE_ANON = 64, PAGE_ZERO = 128, PAGE_SWAP_CACHE = 256, PAGE_KSM = 512, PAGE_HUGE = 1024, PAGE_GUARD = 2048,
};
#define PAGE_MAPCOUNT_SHIFT 48

#endif
