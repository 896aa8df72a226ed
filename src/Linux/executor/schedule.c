/*
 * Hands a command to a thread of the program and finds out what came of it: it has answered, or it waits for the
 * manager of a userfaultfd, or it does neither. All run on one processor; where actors may be real-time threads they
 * run before the server, so that whoever can run has run when the server looks.
 * Not covered: reading the events themselves (manager.c).
 */
#include "server.h"

#include <linux/futex.h>

/* A program's operation takes microseconds; the longest allowed is one that reads from a disk. */
enum { PATIENCE_NANOSECONDS = 1000000000, YIELDS = 64, NAP_NANOSECONDS = 20000, CHANGE_PENDING_NAPS = 200 };

static int has_answered(const struct actor *actor)
{
    return __atomic_load_n(&actor->answered, __ATOMIC_ACQUIRE) == actor->asked;
}

int is_idle(int actor)
{
    return server.outstanding[actor] == 0 && shared->actors[actor].ready
        && shared->processes[actor & 3].live;
}

int is_ready(int actor)
{
    return __atomic_load_n(&shared->actors[actor].ready, __ATOMIC_ACQUIRE) != 0;
}

/* A second thread that only an earlier program needed does not count: programs must not depend on each other. */
int idle_actor_of(int process)
{
    int second = process + PROCESSES;

    return is_idle(process) ? process : (server.seconds >> process & 1) != 0 && is_idle(second) ? second : -1;
}

void ask(struct actor *actor, u32 kind, const long *arguments, int count)
{
    int i;

    actor->kind = kind;
    for (i = 0; i < count; i++)
        actor->argument[i] = arguments[i];
    __atomic_store_n(&actor->asked, actor->asked + 1, __ATOMIC_RELEASE);
    SYS3(futex, &actor->asked, FUTEX_WAKE, 1);
}

static int is_readable(const struct uffd *uffd)
{
    struct poll_fd poll = { uffd->fd, POLL_IN, 0 };

    return SYS3(poll, &poll, 1, 0) == 1 && (poll.revents & POLL_IN) != 0;
}

/* Whether what the actor does is told to the context, and waits until somebody has read of it. */
static int announces(const struct actor *actor, const struct uffd *uffd)
{
    enum { DONTNEED_ADVICE = 4, FREE_ADVICE = 8, REMOVE_ADVICE = 9 };
    int changes = 0;

    if (uffd->process != (int)(actor->index & 3))
        return 0;
    if (actor->kind == COMMAND_FORK)
        changes = OPTION_EVENT_FORK;
    else if (actor->kind == COMMAND_CALL && actor->argument[0] == __NR_mremap) {
        /* one that grows in place only faults in what is new, if it is locked */
        if (actor->argument[4] != 0 || actor->argument[3] < actor->argument[2])
            changes = OPTION_EVENT_REMAP | OPTION_EVENT_UNMAP;
    } else if (actor->kind == COMMAND_CALL
             && (actor->argument[0] == __NR_munmap || actor->argument[0] == __NR_mmap))
        changes = OPTION_EVENT_UNMAP;
    else if (actor->kind == COMMAND_CALL && actor->argument[0] == __NR_madvise
             && (actor->argument[3] == DONTNEED_ADVICE || actor->argument[3] == FREE_ADVICE
                 || actor->argument[3] == REMOVE_ADVICE))
        changes = OPTION_EVENT_REMOVE;
    return (uffd->options & changes) != 0;
}

/* Whether somebody whose change is under way may wait for the context's reader now. */
int waits_for_reader(const struct uffd *uffd)
{
    int a;

    for (a = 0; a < ACTORS; a++) {
        if (server.outstanding[a] && !has_answered(&shared->actors[a]) && announces(&shared->actors[a], uffd))
            return is_readable(uffd);
    }
    return 0;
}

/* Whether the actor sleeps in a userfault, or in a change that its manager has not read of. */
static int waits_for_manager(const struct actor *actor, int naps)
{
    int u;

    for (u = 0; u < UFFDS; u++) {
        struct uffd *uffd = &server.uffds[u];

        if (uffd->fd < 0)
            continue;
        if (uffd->change_pending) {
            struct poll_fd poll = { uffd->fd, POLL_IN, 0 };

            if (announces(actor, uffd))
                return 1;
            if (naps < CHANGE_PENDING_NAPS || SYS3(poll, &poll, 1, 0) != 1)
                continue; /* it is readable anyway: only a fault, which is read first, would keep the actor so long */
            uffd->change_pending = 2;
        }
        if (announces(actor, uffd) && is_readable(uffd)) {
            uffd->change_pending = 1;
            return 1;
        }
    }
    read_events();
    for (u = 0; u < UFFDS; u++) {
        if (server.uffds[u].fd >= 0 && actor->index < ACTORS && server.uffds[u].unread[actor->index].present == 1)
            return 1;
    }
    return 0;
}

/* Answers STATUS_ENDED, STATUS_BLOCKED or STATUS_TIMEOUT; of a held write, ended means that its pages are pinned. */
u8 settle(struct actor *actor, int fuse_slot)
{
    long deadline = 0;
    int naps = 0;
    int tries;

    for (tries = 0;; tries++) {
        if (has_answered(actor))
            return STATUS_ENDED;
        if (fuse_slot >= 0 && hold_is_pinned(fuse_slot))
            return STATUS_ENDED;
        if (tries >= (server.realtime ? 1 : YIELDS) && waits_for_manager(actor, naps))
            return STATUS_BLOCKED;
        if (tries < YIELDS) {
            SYS0(sched_yield);
            continue;
        }
        if (deadline == 0)
            deadline = now_nanoseconds() + PATIENCE_NANOSECONDS;
        else if (now_nanoseconds() > deadline)
            return STATUS_TIMEOUT;
        sleep_nanoseconds(NAP_NANOSECONDS);
        naps++;
    }
}

/* Whether the actor answers with what a page holds. */
static int reads_page(const struct actor *actor)
{
    int copies = actor->kind == COMMAND_DIRECT_IO || actor->kind == COMMAND_PROCESS_VM;

    return actor->kind == COMMAND_LOAD || (copies && !actor->argument[2]);
}

/* What an actor's answer says, in the protocol's terms. */
static void fill(const struct actor *actor, struct result *result)
{
    result->error = 0;
    result->code = 0;
    result->count = 0;
    result->values[0] = 0;
    if (actor->signal != 0) {
        result->error = (s16)(SIGNAL_BASE + actor->signal);
        result->code = (u8)actor->signal_code;
    } else if (actor->result < 0) {
        result->error = (s16)-actor->result;
    } else if (reads_page(actor)) {
        result->values[0] = actor->value;
        result->count = 1;
    }
}

/* How often the actor has run so far, the last of three numbers; -1 if that cannot be known. */
static long runs_of(const struct actor *actor)
{
    char line[96];
    const char *at = line;
    int spaces = 0;
    long got = actor->runs > 0 ? SYS4(pread64, actor->runs - 1, line, sizeof(line) - 1, 0) : -1;

    if (got <= 0)
        return -1;
    line[got] = 0;
    while (*at != 0 && spaces < 2)
        spaces += *at++ == ' ';
    return parse_number(at);
}

/* Who was woken may wait for something else; then it is over, or waits for a manager again. */
static void settle_sleeper(int index)
{
    struct actor *actor = &shared->actors[index];
    long runs = sleeps(actor) ? runs_of(actor) : -1;

    if (runs < 0 || runs == actor->runs_seen || !shared->processes[index & 3].live)
        return;
    switch (settle(actor, -1)) {
    case STATUS_BLOCKED:
        actor->runs_seen = runs_of(actor);
        break;
    case STATUS_TIMEOUT:
        server.broken = 1;
        break;
    default:
        break;
    }
}

u8 command(int index, u32 kind, const long *arguments, int count, struct result *result)
{
    struct actor *actor = &shared->actors[index];
    u8 status;

    ask(actor, kind, arguments, count);
    status = settle(actor, -1);
    if (status == STATUS_ENDED)
        fill(actor, result);
    else
        server.outstanding[index] = 1;
    if (status == STATUS_BLOCKED && sleeps(actor))
        actor->runs_seen = runs_of(actor);
    if (status == STATUS_TIMEOUT)
        server.broken = 1;
    result->status = status;
    return status;
}

void forget_unread(int actor)
{
    int u;

    for (u = 0; u < UFFDS; u++)
        server.uffds[u].unread[actor].present = 0;
}

/* What an operation leaves behind that ends long after it began. */
static void finish(int index)
{
    struct actor *actor = &shared->actors[index];

    server.outstanding[index] = 0;
    forget_unread(index);
    if (actor->kind == COMMAND_FORK && actor->result > 0) {
        int child = (int)actor->argument[0];

        shared->processes[child].pid = (int)actor->result;
        shared->processes[child].live = 1;
    } else {
        handle_taken(&server.begun[index], actor->result < 0);
    }
}

/* Who was waiting and has answered now: count, then each with its answer. */
void report_completions(struct reply *reply)
{
    unsigned long at = reply->used;
    struct result result;
    int waiting = 0;
    int a;

    reply_byte(reply, 0);
    for (a = 0; a < ACTORS; a++)
        waiting |= server.outstanding[a];
    if (waiting && !server.realtime)
        sleep_nanoseconds(1000000);
    for (a = 0; a < ACTORS && waiting; a++) {
        struct actor *actor = &shared->actors[a];

        if (server.outstanding[a])
            settle_sleeper(a);
        if (!server.outstanding[a] || !shared->processes[a & 3].live || !has_answered(actor))
            continue;
        fill(actor, &result);
        finish(a);
        reply_byte(reply, (u8)a);
        reply_byte(reply, result.code);
        reply_bytes(reply, &result.error, sizeof(result.error));
        reply_bytes(reply, &result.values[0], sizeof(u64));
        reply->start[at]++;
    }
}

/* When all contexts are closed, whoever waited goes on; what he makes must not outlive the program. */
void finish_begun(void)
{
    int a, tries;

    for (a = 0; a < ACTORS; a++) {
        for (tries = 0; server.outstanding[a] && shared->processes[a & 3].live && tries < 1000; tries++) {
            if (has_answered(&shared->actors[a]))
                finish(a);
            else
                sleep_nanoseconds(NAP_NANOSECONDS);
        }
    }
}
