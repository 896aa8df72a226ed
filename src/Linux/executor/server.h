/*
 * What the server knows: whose command is under way, what the slots of a program name, the reply being written.
 * Not covered: the memory shared with the program's processes (arena.h).
 */
#ifndef MMFUZZ_SERVER_H
#define MMFUZZ_SERVER_H

#include "arena.h"

enum handle_kind { HANDLE_NONE, HANDLE_RING, HANDLE_PIPE, HANDLE_FUSE };

struct handle {
    int kind;
    int count;           /* pages */
    int page;            /* first page, as its process saw it */
    int process;         /* whose thread holds it, of a held write */
    int pipe[2];
};

struct unread {
    int present;
    u32 order;           /* which of the context's events it was */
    u8 flags;
    u8 page;
};

struct uffd {
    int fd;
    int process;
    int change_pending;  /* 1: nothing is read before the program reads; 2: a fault is in front of a fork's event */
    u32 events;          /* faults read so far */
    int options;         /* what it was opened with */
    struct unread unread[ACTORS];
};

struct result {
    u8 status;
    u8 code;             /* si_code of a signal */
    s16 error;           /* errno, or SIGNAL_BASE and a signal's number */
    u8 count;
    u32 nanoseconds;     /* that it took, up to where it ended or waited */
    u64 values[PAGES];
};

struct reply {
    u8 *start;
    unsigned long used;
    unsigned long size;
};

struct server {
    int realtime;
    int ring_usable;
    int fuse_usable;
    int pages_readable;
    int kpageflags, kpagecount;
    u64 uffd_features;
    u8 outstanding[ACTORS];  /* whether an operation is under way */
    struct operation begun[ACTORS];
    struct handle handles[HANDLES];
    struct uffd uffds[UFFDS];
    int inodes[INODES];
    int directory;           /* for files on a disk */
    int direct[ACTORS];      /* a file of a page for each, of direct I/O */
    long blocks[2];          /* of memory, that may be taken offline; -1 for none */
    u8 seconds;              /* bit p: the program uses the second thread of process p */
    int broken;              /* something did not answer: everything must be made anew */
};

extern struct server server;

void reply_byte(struct reply *reply, u8 byte);
void reply_bytes(struct reply *reply, const void *bytes, unsigned long count);

/* schedule.c */
void ask(struct actor *actor, u32 kind, const long *arguments, int count);
u8 settle(struct actor *actor, int fuse_slot);
u8 command(int actor, u32 kind, const long *arguments, int count, struct result *result);
int is_idle(int actor);
int idle_actor_of(int process);
int is_ready(int actor);
void report_completions(struct reply *reply);
void finish_begun(void);
void forget_unread(int actor);
int waits_for_reader(const struct uffd *uffd);

/* processes.c */
void start_first_process(void);
int start_second_thread(int process);
void end_process(int process);
void forget_program(void);

/* memory.c */
void drain_batches(void);
void do_memory(const struct operation *op, struct result *result);
int inode_descriptor(int inode, int on_disk);

/* manager.c */
void do_manager(const struct operation *op, struct result *result);
void read_events(void);
void drain_new_events(struct reply *reply);
void close_uffds(void);

/* ring.c */
void ring_open(void);
void ring_pin(const struct operation *op, struct result *result);
void ring_unpin(int slot);
void ring_device_read_into(const struct operation *op, struct result *result);
void ring_device_write(const struct operation *op, struct result *result);
u64 ring_device_read(int slot, int page, long *error);

/* handles.c */
void do_handle(const struct operation *op, struct result *result);
void handle_taken(const struct operation *op, int error);
void release_handles(void);
void report_handles(struct reply *reply);

/* hold.c */
void do_hold(const struct operation *op, struct result *result);
void hold_device_read(int slot, struct result *result);
void hold_release(int slot, struct result *result);
int hold_is_pinned(int slot);
void hold_start_daemon(void);
void hold_abort_all(void);

/* observe.c */
void observe_open(void);
void report_pages(struct reply *reply);
void do_scan(const struct operation *op, struct result *result);
u64 frame_of_page(int process, int page);

/* block.c */
void do_migrate(const struct operation *op, struct result *result);
int block_is_online(long block);
int block_is_movable(long block);
long block_take_offline(long block);
long block_bring_online(long block, const char *how);
long block_give_back(long block);
void block_restore(void);

/* confine.c */
int confine(void);
void pin_to_processor(int cpu);
int become_realtime(void);

/* guard.c */
int guard_main(void);
u64 probe_uffd_features(void);

static inline void result_of_call(struct result *result, long returned)
{
    result->status = STATUS_ENDED;
    result->error = (s16)(returned < 0 ? -returned : 0);
}

#endif
