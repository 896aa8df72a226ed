/*
 * The executor: `executor serve CPU DIRECTORY [BLOCK BLOCK]` runs programs that come on standard input, and may
 * take those blocks of memory offline; `executor guard` changes settings of the system and changes them back.
 * Not covered: how an operation is done (memory.c, manager.c, handles.c).
 */
#include "server.h"

#include <linux/mman.h>

struct server server;

enum { REPLY_SIZE = 4 << 20, INPUT_SIZE = 1 << 20 };
static u8 reply_buffer[REPLY_SIZE];
static u8 input_buffer[INPUT_SIZE];
static unsigned long input_start, input_end;

void reply_bytes(struct reply *reply, const void *bytes, unsigned long count)
{
    if (reply->used + count > reply->size)
        fail("a reply that is too long", (long)count);
    memcpy(reply->start + reply->used, bytes, count);
    reply->used += count;
}

void reply_byte(struct reply *reply, u8 byte)
{
    if (reply->used == reply->size)
        fail("a reply that is too long", 1);
    reply->start[reply->used++] = byte;
}

static void make_arena(void)
{
    long at = SYS6(mmap, ARENA, sizeof(struct arena), PROT_READ | PROT_WRITE,
                   MAP_SHARED | MAP_ANONYMOUS | 0x100000, -1, 0);

    if (at != (long)ARENA)
        fail("mmap of the arena", at);
    shared->realtime = server.realtime;
    shared->server = SYS0(getpid);
}

/* The server itself stays an ordinary thread: its actors run before it. */
static void start_actors(void)
{
    enum { ORDINARY = 0 };
    int priority = 0;

    server.realtime = become_realtime();
    start_first_process();
    if (server.realtime)
        SYS3(sched_setscheduler, 0, ORDINARY, &priority);
}

static void dispatch(const struct operation *op, struct result *result)
{
    int of_server = op->actor >= ACTORS;

    result->status = STATUS_BUSY;
    result->error = 0;
    result->code = 0;
    result->count = 0;
    if (op->actor < ACTORS && !is_idle(op->actor))
        return;
    if (op->process >= PROCESSES || op->slot >= HANDLES || op->length > PAGES || op->page >= PAGES
        || (op->kind == DO_FORK && op->slot >= PROCESSES)
        || ((op->kind == DO_MMAP || op->kind == DO_FILE_WRITE || op->kind == DO_PUNCH
             || op->kind == DO_TRUNCATE) && op->slot >= INODES)) {
        result->status = STATUS_UNABLE;
        return;
    }
    switch (op->kind) {
    case DO_PIN:
    case DO_HOLD:
    case DO_VMSPLICE:
    case DO_UNPIN:
    case DO_DEVICE_READ:
    case DO_DEVICE_WRITE:
    case DO_PIPE_READ:
        do_handle(op, result);
        break;
    case DO_UFFD_OPEN:
    case DO_UFFD_CLOSE:
    case DO_REGISTER:
    case DO_UNREGISTER:
    case DO_WRITE_PROTECT:
    case DO_UFFD_READ:
    case DO_WAKE:
    case DO_COPY:
    case DO_ZEROPAGE:
    case DO_CONTINUE:
    case DO_POISON:
    case DO_MOVE:
        do_manager(op, result);
        break;
    case DO_SCAN:
        if (shared->processes[op->process].live)
            do_scan(op, result);
        break;
    case DO_MIGRATE:
        if (shared->processes[op->process].live)
            do_migrate(op, result);
        break;
    case DO_FILE_WRITE:
    case DO_PUNCH:
    case DO_TRUNCATE:
        if (server.inodes[op->slot] >= 0)
            do_memory(op, result);
        break;
    case DO_FORCE_WRITE:
        if (shared->processes[op->process].live)
            do_memory(op, result);
        break;
    default:
        if (!of_server)
            do_memory(op, result);
        else
            result->status = STATUS_UNABLE;
        break;
    }
}

/* Does it, and takes its time. */
static void dispatch_timed(const struct operation *op, struct result *result)
{
    long begun = now_nanoseconds();
    long spent;

    dispatch(op, result);
    spent = now_nanoseconds() - begun;
    result->nanoseconds = spent > (long)~0U ? ~0U : (u32)spent;
}

static void report(struct reply *reply, const struct result *result)
{
    u8 count = result->status == STATUS_ENDED ? result->count : 0;

    reply_byte(reply, result->status);
    reply_byte(reply, result->code);
    reply_bytes(reply, &result->error, sizeof(result->error));
    reply_bytes(reply, &result->nanoseconds, sizeof(result->nanoseconds));
    reply_byte(reply, count);
    reply_bytes(reply, result->values, count * sizeof(u64));
}

/* What a page of a process reads in the end, where the model says that reading it waits for nobody. */
static void load_in_the_end(struct reply *reply, const u16 *masks)
{
    struct result result;
    int p, page;

    for (p = 0; p < PROCESSES; p++) {
        long mask = masks[p];
        int works = mask != 0 && is_idle(p) && command(p, COMMAND_SWEEP, &mask, 1, &result) == STATUS_ENDED;

        for (page = 0; page < PAGES; page++) {
            u64 value = works ? shared->actors[p].values[page] : ~1UL;

            if ((mask >> page & 1) != 0)
                reply_bytes(reply, &value, sizeof(value));
        }
    }
}

static void add_second_threads(u8 seconds)
{
    int p;

    for (p = 0; p < PROCESSES; p++) {
        if ((seconds >> p & 1) != 0 && shared->processes[p].live && is_idle(p))
            start_second_thread(p);
    }
}

static void run(const u8 *bytes, struct reply *reply)
{
    const struct run *header = (const void *)bytes;
    const struct operation *ops = (const void *)(header + 1);
    struct result result;
    int locks = 0;
    int i;

    if ((header->flags & RUN_FRESH) != 0)
        end_process(0);
    if (!shared->processes[0].live)
        start_actors();
    server.seconds = header->seconds;
    shared->moves_pinned = (header->flags & RUN_MOVABLE) != 0;
    add_second_threads(header->seconds);
    for (i = 0; i < header->count; i++) {
        if (ops[i].actor < ACTORS && is_idle(ops[i].actor))
            server.begun[ops[i].actor] = ops[i]; /* it may wait, or never answer */
        result.nanoseconds = 0;
        if (server.broken)
            result.status = STATUS_TIMEOUT;
        else
            dispatch_timed(&ops[i], &result);
        locks |= ops[i].kind == DO_MLOCK;
        if (locks || (ops[i].kind != DO_LOAD && ops[i].kind != DO_STORE))
            drain_batches(); /* a fault in mlocked memory fills a batch of its own, with the page that goes, too */
        report(reply, &result);
        report_completions(reply);
        if (header->seconds != 0)
            add_second_threads(header->seconds);
        drain_new_events(reply);
        report_pages(reply);
        if ((header->flags & RUN_PEEK) != 0)
            report_handles(reply);
        else
            reply_byte(reply, 0);
    }
    load_in_the_end(reply, (const u16 *)(ops + header->count));
    forget_program();
}

/* At least `count` bytes of input; NULL at its end. */
static u8 *want(unsigned long count)
{
    if (count > INPUT_SIZE)
        fail("a message that is too long", (long)count);
    if (input_start + count > INPUT_SIZE) {
        memcpy(input_buffer, input_buffer + input_start, input_end - input_start);
        input_end -= input_start;
        input_start = 0;
    }
    while (input_end - input_start < count) {
        long got = SYS3(read, 0, input_buffer + input_end, INPUT_SIZE - input_end);

        if (got == -ERR_INTR)
            continue;
        if (got <= 0)
            return NULL;
        input_end += (unsigned long)got;
    }
    return input_buffer + input_start;
}

static void send(u32 type, struct reply *reply)
{
    struct message *message = (void *)reply->start;

    message->length = (u32)(reply->used - sizeof(*message));
    message->type = type;
    if (write_all(1, reply->start, reply->used) < 0)
        SYS1(exit_group, 0);
}

static void say_hello(int separate)
{
    struct reply reply = { reply_buffer, sizeof(struct message), REPLY_SIZE };
    struct hello hello = { PROTOCOL_VERSION, 0, server.uffd_features };

    hello.flags = (server.realtime ? HELLO_REALTIME : 0) | (server.pages_readable ? HELLO_PAGES : 0)
        | (server.ring_usable ? HELLO_RING : 0) | (server.fuse_usable ? HELLO_FUSE : 0)
        | (separate ? HELLO_NAMESPACES : 0);
    reply_bytes(&reply, &hello, sizeof(hello));
    send(MESSAGE_HELLO, &reply);
}

/* Whether a program is as long as it says. */
static int is_whole(const u8 *bytes, u32 length)
{
    const struct run *header = (const void *)bytes;

    return length >= sizeof(*header)
        && length >= sizeof(*header) + header->count * sizeof(struct operation) + PROCESSES * sizeof(u16);
}

static void serve_requests(void)
{
    for (;;) {
        struct reply reply = { reply_buffer, sizeof(struct message), REPLY_SIZE };
        struct message message;
        u8 *bytes = want(sizeof(message));

        if (bytes == NULL)
            break;
        memcpy(&message, bytes, sizeof(message));
        bytes = want(sizeof(message) + message.length);
        if (bytes == NULL || message.type != MESSAGE_RUN || !is_whole(bytes + sizeof(message), message.length))
            break;
        run(bytes + sizeof(message), &reply);
        input_start += sizeof(message) + message.length;
        send(MESSAGE_RUN, &reply);
    }
}

static int serve_main(int cpu, const char *directory, const char *const *blocks)
{
    int separate, i;

    server.directory = (int)SYS3(open, directory, OPEN_RDONLY | OPEN_CLOEXEC, 0); /* before anything is mounted */
    for (i = 0; i < 2; i++)
        server.blocks[i] = *blocks != NULL ? parse_number(*blocks++) : -1;
    block_restore();
    separate = confine();
    pin_to_processor(cpu);
    if (separate)
        hold_start_daemon();
    make_arena();
    actor_install_handlers();
    for (i = 0; i < INODES; i++)
        server.inodes[i] = -1;
    for (i = 0; i < ACTORS; i++)
        server.direct[i] = -1;
    for (i = 0; i < UFFDS; i++)
        server.uffds[i].fd = -1;
    server.uffd_features = probe_uffd_features();
    observe_open();
    ring_open();
    start_actors();
    say_hello(separate);
    serve_requests();
    forget_program();
    end_process(0);
    SYS1(exit_group, 0);
    return 0;
}

__attribute__((noreturn, used)) static void start(const long *stack)
{
    long count = stack[0];
    const char *const *words = (const void *)(stack + 1);

    if ((count == 4 || count == 6) && same_text(words[1], "serve"))
        serve_main((int)parse_number(words[2]), words[3], words + 4);
    if (count == 2 && same_text(words[1], "guard"))
        SYS1(exit_group, guard_main());
    fail("usage: serve CPU DIRECTORY [BLOCK BLOCK] | guard", 0);
}

__asm__(".text\n.globl _start\n_start:\n mov %rsp, %rdi\n and $-16, %rsp\n call start\n");
