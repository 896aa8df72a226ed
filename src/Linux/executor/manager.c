/*
 * The manager of the program's userfaultfds: opens them through their process, registers, protects, fills, wakes, and
 * reads events. Events about faults are read as soon as they come, which changes nothing for those who wait; a fork,
 * and whatever else changes the address space, waits until the program reads of it. Not covered: who waits (schedule.c).
 */
#include "server.h"

#include <linux/ioctl.h>
#include <linux/userfaultfd.h>

#define FEATURE_WP_UNPOPULATED (1UL << 13)
#define FEATURE_POISON (1UL << 14)
#define FEATURE_WP_ASYNC (1UL << 15)
#define FEATURE_MINOR_SHMEM (1UL << 10)
#define FEATURE_WP_SHMEM (1UL << 12)
#define IOCTL_MOVE 0xc028aa05U
#define IOCTL_POISON 0xc020aa08U
#define ADDRESS_OF(op) ((u64)window_page((op)->page))
#define LENGTH_OF(op) ((u64)(op)->length * PAGE)

struct move_argument {
    u64 target, source, length, mode;
    s64 moved;
};

struct poison_argument {
    u64 start, length, mode;
    s64 updated;
};

static struct uffd *uffd_of(const struct operation *op)
{
    return &server.uffds[op->slot & 1];
}

static void open_context(const struct operation *op, struct result *result)
{
    struct uffd *uffd = uffd_of(op);
    long call[] = { __NR_userfaultfd, OPEN_CLOEXEC | OPEN_NONBLOCK };
    int actor = idle_actor_of(op->process);
    u64 useful = UFFD_FEATURE_PAGEFAULT_FLAG_WP | UFFD_FEATURE_THREAD_ID | UFFD_FEATURE_MISSING_SHMEM
        | FEATURE_MINOR_SHMEM | FEATURE_WP_SHMEM;
    struct uffdio_api api = { UFFD_API, useful & server.uffd_features, 0 };

    if (actor < 0 || uffd->fd >= 0) {
        result->status = actor < 0 ? STATUS_UNABLE : STATUS_BUSY;
        return;
    }
    api.features |= op->number & OPTION_EVENT_FORK ? UFFD_FEATURE_EVENT_FORK : 0;
    api.features |= op->number & OPTION_EVENT_REMAP ? UFFD_FEATURE_EVENT_REMAP : 0;
    api.features |= op->number & OPTION_EVENT_REMOVE ? UFFD_FEATURE_EVENT_REMOVE : 0;
    api.features |= op->number & OPTION_EVENT_UNMAP ? UFFD_FEATURE_EVENT_UNMAP : 0;
    api.features |= op->number & OPTION_SIGBUS ? UFFD_FEATURE_SIGBUS : 0;
    api.features |= op->number & OPTION_WP_UNPOPULATED ? FEATURE_WP_UNPOPULATED : 0;
    api.features |= op->number & OPTION_WP_ASYNC ? FEATURE_WP_ASYNC | FEATURE_WP_UNPOPULATED : 0;
    if (command(actor, COMMAND_CALL, call, ARRAY_COUNT(call), result) != STATUS_ENDED || result->error != 0)
        return;
    uffd->fd = (int)shared->actors[actor].result;
    result_of_call(result, SYS3(ioctl, uffd->fd, UFFDIO_API, &api));
    if (result->error != 0) {
        SYS1(close, uffd->fd);
        uffd->fd = -1;
        return;
    }
    uffd->process = op->process;
    uffd->options = op->number;
    uffd->change_pending = 0;
    memset(uffd->unread, 0, sizeof(uffd->unread));
}

static void close_context(struct uffd *uffd)
{
    if (uffd->fd >= 0)
        SYS1(close, uffd->fd);
    memset(uffd, 0, sizeof(*uffd));
    uffd->fd = -1;
}

void close_uffds(void)
{
    int u;

    for (u = 0; u < UFFDS; u++)
        close_context(&server.uffds[u]);
}

static int actor_with(u32 tid)
{
    int a;

    for (a = 0; a < ACTORS; a++) {
        if (is_ready(a) && shared->actors[a].tid == tid)
            return a;
    }
    return -1;
}

/* The child's context got a descriptor: it takes the other slot. */
static void adopt(struct uffd *uffd, int fd)
{
    struct uffd *other = &server.uffds[uffd == &server.uffds[0]];
    int p;

    if (other->fd >= 0)
        SYS1(close, other->fd);
    other->fd = fd;
    other->options = uffd->options;
    other->change_pending = 0;
    other->process = 0;
    memset(other->unread, 0, sizeof(other->unread));
    for (p = 0; p < ACTORS; p++) {
        if (server.outstanding[p] && shared->actors[p].kind == COMMAND_FORK && (p & 3) == uffd->process)
            other->process = (int)shared->actors[p].argument[0];
    }
}

/* Answers whether an event was there. */
static int read_event(struct uffd *uffd)
{
    struct uffd_msg message;
    int actor;

    if (SYS3(read, uffd->fd, &message, sizeof(message)) != sizeof(message))
        return 0;
    if (message.event == UFFD_EVENT_FORK) {
        adopt(uffd, (int)message.arg.fork.ufd);
        uffd->change_pending = 0;
        return 1;
    }
    if (message.event != UFFD_EVENT_PAGEFAULT)
        return 1;
    actor = actor_with(message.arg.pagefault.feat.ptid);
    if (actor >= 0) {
        uffd->unread[actor].present = 1;
        uffd->unread[actor].order = uffd->events++;
        uffd->unread[actor].flags = (u8)message.arg.pagefault.flags;
        uffd->unread[actor].page = (u8)((message.arg.pagefault.address - WINDOW) / PAGE);
    }
    return 1;
}

/* The present field of an event: 1 when it came, 2 once it was reported, 3 once the program has read it. */
void read_events(void)
{
    int u;

    for (u = 0; u < UFFDS; u++) {
        struct uffd *uffd = &server.uffds[u];

        if (uffd->fd >= 0 && uffd->change_pending == 0 && waits_for_reader(uffd))
            uffd->change_pending = 1; /* who was read of by another context waits for this one now */
        while (uffd->fd >= 0 && uffd->change_pending != 1 && read_event(uffd))
            uffd->change_pending = uffd->change_pending == 2 ? 1 : uffd->change_pending;
    }
}

/* Events that came in the course of an operation: count, then context, flags, page and whose. */
void drain_new_events(struct reply *reply)
{
    unsigned long at = reply->used;
    int u, a;

    reply_byte(reply, 0);
    read_events();
    for (u = 0; u < UFFDS; u++) {
        for (a = 0; a < ACTORS && server.uffds[u].fd >= 0; a++) {
            struct unread *unread = &server.uffds[u].unread[a];

            if (unread->present != 1)
                continue;
            unread->present = 2;
            reply_byte(reply, (u8)u);
            reply_byte(reply, unread->flags);
            reply_byte(reply, unread->page);
            reply_byte(reply, (u8)a);
            reply->start[at]++;
        }
    }
}

static void read_as_manager(struct uffd *uffd, struct result *result)
{
    struct unread *first = NULL;
    int a;

    result->status = STATUS_ENDED;
    result->error = 0;
    for (a = 0; a < ACTORS; a++) {
        struct unread *unread = &uffd->unread[a];

        if ((unread->present == 1 || unread->present == 2) && (first == NULL || unread->order < first->order))
            first = unread;
    }
    if (first != NULL) {
        first->present = 3;
        return;
    }
    if (uffd->change_pending == 1) {
        uffd->change_pending = 0;
        if (read_event(uffd))
            return;
    }
    result->error = ERR_AGAIN;
}

static void fill(const struct operation *op, struct result *result)
{
    struct uffd *uffd = uffd_of(op);
    u64 dont_wake = op->flags & FLAG_DONTWAKE ? 1 : 0;
    u64 protect = op->flags & FLAG_PROTECT ? 2 : 0;
    struct uffdio_range range = { ADDRESS_OF(op), LENGTH_OF(op) };
    int i;

    if (op->kind == DO_COPY) {
        struct uffdio_copy copy = { range.start, (u64)shared->source, range.len, dont_wake | protect, 0 };

        for (i = 0; i < op->length && i < PAGES; i++)
            *(u64 *)shared->source[i] = VALUE_OF(op->value + i);
        result_of_call(result, SYS3(ioctl, uffd->fd, UFFDIO_COPY, &copy));
    } else if (op->kind == DO_ZEROPAGE) {
        struct uffdio_zeropage zero = { range, dont_wake, 0 };

        result_of_call(result, SYS3(ioctl, uffd->fd, UFFDIO_ZEROPAGE, &zero));
    } else if (op->kind == DO_CONTINUE) {
        struct uffdio_continue minor = { range, dont_wake | protect, 0 };

        result_of_call(result, SYS3(ioctl, uffd->fd, UFFDIO_CONTINUE, &minor));
    } else {
        struct poison_argument poison = { range.start, range.len, dont_wake, 0 };

        result_of_call(result, SYS3(ioctl, uffd->fd, IOCTL_POISON, &poison));
    }
}

/* Linux lets nobody but the process itself move its pages; of one that has gone anybody may ask, in vain. */
static void move_pages(const struct operation *op, struct result *result)
{
    int is_gone = !shared->processes[uffd_of(op)->process].live;
    struct move_argument *move = (void *)shared->words;
    long call[] = { __NR_ioctl, uffd_of(op)->fd, IOCTL_MOVE, (long)move };
    int actor = idle_actor_of(uffd_of(op)->process);

    if (actor < 0 && !is_gone) {
        result->status = STATUS_UNABLE;
        return;
    }
    move->target = (u64)window_page(op->number);
    move->source = ADDRESS_OF(op);
    move->length = LENGTH_OF(op);
    move->mode = (op->flags & FLAG_DONTWAKE ? 1 : 0) | (op->flags & FLAG_HOLES ? 2 : 0);
    move->moved = 0;
    if (is_gone)
        result_of_call(result, SYS3(ioctl, uffd_of(op)->fd, IOCTL_MOVE, move));
    else
        command(actor, COMMAND_CALL, call, ARRAY_COUNT(call), result);
}

static void watch_range(const struct operation *op, struct result *result)
{
    struct uffd *uffd = uffd_of(op);
    struct uffdio_range range = { ADDRESS_OF(op), LENGTH_OF(op) };

    if (op->kind == DO_REGISTER) {
        struct uffdio_register registration = { range, 0, 0 };

        registration.mode = (op->number & MODE_MISSING ? UFFDIO_REGISTER_MODE_MISSING : 0)
            | (op->number & MODE_WP ? UFFDIO_REGISTER_MODE_WP : 0)
            | (op->number & MODE_MINOR ? UFFDIO_REGISTER_MODE_MINOR : 0);
        result_of_call(result, SYS3(ioctl, uffd->fd, UFFDIO_REGISTER, &registration));
    } else if (op->kind == DO_UNREGISTER) {
        result_of_call(result, SYS3(ioctl, uffd->fd, UFFDIO_UNREGISTER, &range));
    } else if (op->kind == DO_WAKE) {
        result_of_call(result, SYS3(ioctl, uffd->fd, UFFDIO_WAKE, &range));
    } else {
        struct uffdio_writeprotect protect = { range, 0 };

        protect.mode = op->flags & FLAG_RESOLVE ? 0 : UFFDIO_WRITEPROTECT_MODE_WP;
        protect.mode |= op->flags & FLAG_DONTWAKE ? UFFDIO_WRITEPROTECT_MODE_DONTWAKE : 0;
        result_of_call(result, SYS3(ioctl, uffd->fd, UFFDIO_WRITEPROTECT, &protect));
    }
}

void do_manager(const struct operation *op, struct result *result)
{
    if (op->kind == DO_UFFD_OPEN) {
        open_context(op, result);
        return;
    }
    if (uffd_of(op)->fd < 0) {
        result->status = STATUS_BUSY;
        return;
    }
    if (op->kind == DO_UFFD_CLOSE) {
        close_context(uffd_of(op));
        result_of_call(result, 0);
    } else if (op->kind == DO_UFFD_READ) {
        read_as_manager(uffd_of(op), result);
    } else if (op->kind == DO_COPY || op->kind == DO_ZEROPAGE || op->kind == DO_CONTINUE || op->kind == DO_POISON) {
        fill(op, result);
    } else if (op->kind == DO_MOVE) {
        move_pages(op, result);
    } else {
        watch_range(op, result);
    }
}

/* Which features the kernel offers; 0 where there is no userfaultfd. */
u64 probe_uffd_features(void)
{
    struct uffdio_api api = { UFFD_API, 0, 0 };
    long fd = SYS1(userfaultfd, OPEN_CLOEXEC | OPEN_NONBLOCK);

    if (fd < 0)
        return 0;
    if (SYS3(ioctl, fd, UFFDIO_API, &api) < 0)
        api.features = 0;
    SYS1(close, fd);
    return api.features;
}
