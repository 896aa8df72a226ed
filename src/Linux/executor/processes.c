/*
 * The processes of a program: the first one, which is used again by the next program if it can be, second threads,
 * and the end of them all. Not covered: fork as an operation of a program (memory.c).
 */
#include "server.h"

#include <linux/mman.h>
#include <linux/sched.h>
#include <linux/signal.h>

enum { WAIT_ALL = 0x40000000, KEEPER_PAGE = 64, MAP_PRIVATE_ANONYMOUS_FIXED = 0x100022 };

static void wait_until_ready(int actor)
{
    long deadline = now_nanoseconds() + 2000000000L;

    while (!is_ready(actor)) {
        SYS0(sched_yield);
        if (now_nanoseconds() > deadline)
            fail("a process does not begin", actor);
    }
}

/* A page beside the window, so that the window's page table is always there, in children too. */
static void keep_page_table(void)
{
    long map[] = { __NR_mmap, (long)window_page(KEEPER_PAGE), PAGE, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE_ANONYMOUS_FIXED, -1, 0 };
    long store[] = { KEEPER_PAGE, 1 };
    struct result result;

    if (command(0, COMMAND_CALL, map, ARRAY_COUNT(map), &result) != STATUS_ENDED
        || command(0, COMMAND_STORE, store, ARRAY_COUNT(store), &result) != STATUS_ENDED)
        fail("the page that keeps the page table", result.error);
}

void start_first_process(void)
{
    struct process *first = &shared->processes[0];
    long pid = actor_clone(CLONE_FILES | CLONE_FS | SIGCHLD, 0);

    if (pid < 0)
        fail("clone", pid);
    wait_until_ready(0);
    if (first->pagemap < 0)
        fail("/proc/self/pagemap", first->pagemap);
    first->pid = (int)pid;
    first->live = 1;
    server.outstanding[0] = 0;
    keep_page_table();
}

int start_second_thread(int process)
{
    long index = process + PROCESSES;
    struct result result;

    if (is_ready((int)index))
        return 1;
    if (command(process, COMMAND_THREAD, &index, 1, &result) != STATUS_ENDED || result.error != 0)
        return 0;
    wait_until_ready((int)index);
    server.outstanding[index] = 0;
    return 1;
}

/* Killed in vmsplice, a thread leaves the pages that it had got in the pipe; as if the pipe were its own, they go. */
static void abandon(int actor)
{
    if (server.outstanding[actor] && server.begun[actor].kind == DO_VMSPLICE)
        handle_taken(&server.begun[actor], 1);
}

/* Whatever its threads do: it is gone, and reaped, afterwards. */
void end_process(int p)
{
    struct process *process = &shared->processes[p];
    long got;

    if (!process->live)
        return;
    SYS2(kill, process->pid, SIGKILL);
    do {
        got = SYS4(wait4, process->pid, NULL, WAIT_ALL, NULL);
    } while (got == -ERR_INTR);
    abandon(p);
    abandon(p + PROCESSES);
    SYS1(close, process->pagemap);
    if (process->memory >= 0)
        SYS1(close, process->memory);
    process->memory = -1;
    process->live = 0;
    server.outstanding[p] = server.outstanding[p + PROCESSES] = 0;
    forget_unread(p);
    forget_unread(p + PROCESSES);
    shared->actors[p].ready = shared->actors[p + PROCESSES].ready = 0;
    shared->actors[p].asked = shared->actors[p].answered;
    shared->actors[p + PROCESSES].asked = shared->actors[p + PROCESSES].answered;
}

static int first_process_is_clean(void)
{
    return !server.broken && is_idle(0) && (!is_ready(4) || is_idle(4));
}

/* Nothing of the program stays but, if nothing happened to it, the emptied first process. */
void forget_program(void)
{
    long unmap[] = { __NR_munmap, (long)WINDOW, PAGES * PAGE };
    struct result result;
    int i;

    close_uffds();
    finish_begun();
    release_handles();
    for (i = 1; i < PROCESSES; i++)
        end_process(i);
    if (first_process_is_clean())
        command(0, COMMAND_CALL, unmap, ARRAY_COUNT(unmap), &result);
    if (!first_process_is_clean()) {
        hold_abort_all();
        end_process(0);
    }
    if (shared->processes[0].live && shared->processes[0].memory >= 0) {
        SYS1(close, shared->processes[0].memory); /* the next program opens it if it can, as if it were the first */
        shared->processes[0].memory = -1;
    }
    for (i = 0; i < INODES; i++) {
        if (server.inodes[i] >= 0)
            SYS1(close, server.inodes[i]);
        server.inodes[i] = -1;
    }
    server.broken = 0;
}
