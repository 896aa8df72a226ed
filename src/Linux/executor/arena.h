/*
 * The memory that the server shares with every process of a program: for each actor its command, its answer and its
 * stack. It lies at one address everywhere. Since nothing of it is private memory, a fork copies next to nothing.
 * Not covered: who writes what when (actor.c, server.c).
 */
#ifndef MMFUZZ_ARENA_H
#define MMFUZZ_ARENA_H

#include "protocol.h"

enum { PROCESSES = 4, ACTORS = 8, HELPERS = 8, PAGES = 16, HANDLES = 8, HANDLE_PAGES = 4, UFFDS = 2, INODES = 4,
       INODE_PAGES = 8 };

/* The sixteen pages of each process, in a page table of their own. */
#define WINDOW 0x10000000000UL
#define ARENA 0x20000000000UL
#define STACK_SIZE 16384UL

enum command_kind { COMMAND_CALL = 1, COMMAND_LOAD, COMMAND_STORE, COMMAND_FORK, COMMAND_THREAD,
                    COMMAND_EXIT, COMMAND_SWEEP, COMMAND_DIRECT_IO, COMMAND_PROCESS_VM };

struct actor {
    u32 asked;           /* futex word: commands so far */
    u32 answered;        /* commands answered so far */
    u32 kind;
    u32 index;
    long argument[7];    /* of a call: its number first */
    long result;
    u64 value;
    u32 signal;
    u32 signal_code;
    u32 tid;
    u32 ready;
    int runs;            /* descriptor, plus 1, of how often it has run, see sleeps */
    long runs_seen;      /* ...when it was last found waiting for a manager */
    u64 values[PAGES];
} __attribute__((aligned(64)));

struct process {
    int pid;
    int pagemap;
    int memory;
    u32 live;
};

struct arena {
    struct actor actors[ACTORS + HELPERS];
    struct process processes[PROCESSES];
    int realtime;
    int moves_pinned;    /* a pin for long moves its page first */
    long server;         /* its process number, as its children see it */
    struct io_vector vector;
    u64 words[16];       /* structures that a call of an actor points to */
    u8 stacks[ACTORS + HELPERS][STACK_SIZE] __attribute__((aligned(4096)));
    u8 source[PAGES][PAGE] __attribute__((aligned(4096)));
    u8 transfer[ACTORS][PAGE] __attribute__((aligned(4096))); /* the other end of what an actor copies */
};

#define shared ((struct arena *)ARENA)

static inline void *window_page(int page)
{
    return (void *)(WINDOW + (u64)page * PAGE);
}

/* Whether what the actor does may wait for something else than a manager: a disk, or that a page has been moved. */
static inline int sleeps(const struct actor *actor)
{
    return actor->kind == COMMAND_DIRECT_IO
        || (shared->moves_pinned && actor->kind == COMMAND_CALL && actor->argument[0] == __NR_io_uring_register);
}

void actor_install_handlers(void);
long actor_clone(unsigned long flags, int actor);

#endif
