/*
 * Pins for reading that last as long as the program likes: a thread of the process writes its pages to a file of a
 * FUSE file system with direct I/O, which pins them until the daemon answers; the daemon's read of the request is the
 * device's read. Asking the kernel to send the request again (6.9) lets it read more than once.
 * Not covered: FOLL_LONGTERM, which this path does not ask for.
 */
#include "server.h"

#include <linux/fuse.h>
#include <linux/mount.h>
#include <linux/prctl.h>
#include <linux/sched.h>
#include <linux/signal.h>

enum daemon_order { ORDER_MOUNT = 1, ORDER_IS_PENDING, ORDER_READ, ORDER_RELEASE, ORDER_PASS, ORDER_ABORT };
enum { REQUEST_SIZE = 65536 + 4096, NOTIFY_RESEND = 7, OPCODE_WRITE = 16, OPCODE_OPEN = 14, OPCODE_INIT = 26,
       OPCODE_GETATTR = 3, OPCODE_FLUSH = 25, OPCODE_RELEASE = 18, SETTLE_MILLISECONDS = 200 };

struct order {
    u32 what;
    u32 slot;
};

struct answer {
    s64 result;
    u64 values[HANDLE_PAGES];
};

static struct {
    int orders[2], answers[2]; /* of the server */
    int file[HANDLES];
    int mounted[HANDLES];
    int usable;
} hold;

/* The daemon's side. */
static struct {
    int device[HANDLES];
    u64 unique[HANDLES];   /* of the request that was read, 0 for none */
    u32 size[HANDLES];
    int held[HANDLES];     /* a write that comes is not answered */
    u8 request[REQUEST_SIZE];
    struct answer answer;
} served;

static void path_of(struct text *path, int slot)
{
    put(path, "/tmp/h");
    put_number(path, slot);
}

static void reply_to(int slot, u64 unique, int error, const void *body, u32 size)
{
    struct fuse_out_header header = { (u32)sizeof(header) + size, -error, unique };
    struct io_vector parts[] = { { &header, sizeof(header) }, { (void *)body, size } };

    SYS3(writev, served.device[slot], parts, size == 0 ? 1 : 2);
}

static void attributes(struct fuse_attr *attr)
{
    memset(attr, 0, sizeof(*attr));
    attr->ino = 1;
    attr->size = REQUEST_SIZE;
    attr->mode = 0100644;
    attr->nlink = 1;
    attr->blksize = PAGE;
}

/* Answers a request that is no held write; of a held one, keeps it. */
static void serve(int slot)
{
    struct fuse_in_header *in = (void *)served.request;
    struct fuse_init_out init;
    struct fuse_attr_out attr;
    struct fuse_open_out open;
    struct fuse_write_out written;

    if (SYS3(read, served.device[slot], served.request, REQUEST_SIZE) <= 0)
        return;
    memset(&init, 0, sizeof(init));
    memset(&attr, 0, sizeof(attr));
    memset(&open, 0, sizeof(open));
    memset(&written, 0, sizeof(written));
    switch (in->opcode) {
    case OPCODE_INIT:
        init.major = 7;
        init.minor = 38;
        init.max_write = 65536;
        init.max_readahead = 0;
        init.flags = FUSE_BIG_WRITES;
        reply_to(slot, in->unique, 0, &init, sizeof(init));
        break;
    case OPCODE_GETATTR:
        attributes(&attr.attr);
        reply_to(slot, in->unique, 0, &attr, sizeof(attr));
        break;
    case OPCODE_OPEN:
        open.fh = 1;
        open.open_flags = FOPEN_DIRECT_IO | FOPEN_NOFLUSH;
        reply_to(slot, in->unique, 0, &open, sizeof(open));
        break;
    case OPCODE_WRITE:
        written.size = ((struct fuse_write_in *)(in + 1))->size;
        served.unique[slot] = in->unique;
        served.size[slot] = written.size;
        if (!served.held[slot])
            reply_to(slot, in->unique, 0, &written, sizeof(written));
        break;
    case OPCODE_FLUSH:
    case OPCODE_RELEASE:
        reply_to(slot, in->unique, 0, NULL, 0);
        break;
    default:
        reply_to(slot, in->unique, ERR_NOSYS, NULL, 0);
        break;
    }
}

static int is_pending(int slot, int milliseconds)
{
    struct poll_fd poll = { served.device[slot], POLL_IN, 0 };

    return SYS3(poll, &poll, 1, milliseconds) == 1 && (poll.revents & POLL_IN) != 0;
}

static long mount_file(int slot)
{
    char options[64], path[32];
    struct text text = { options, 0, sizeof(options) };
    struct text file = { path, 0, sizeof(path) };
    long error, fd;

    path_of(&file, slot);
    fd = SYS3(open, "/dev/fuse", OPEN_RDWR | OPEN_CLOEXEC, 0);
    if (fd < 0)
        return fd;
    served.device[slot] = (int)fd;
    put(&text, "fd=");
    put_number(&text, fd);
    put(&text, ",rootmode=100644,user_id=0,group_id=0");
    fd = SYS3(open, path, OPEN_CREAT | OPEN_RDWR | OPEN_CLOEXEC, 0600);
    if (fd >= 0)
        SYS1(close, fd);
    error = SYS5(mount, "mmfuzz", path, "fuse", MS_NODEV | MS_NOSUID, options);
    if (error < 0)
        return error;
    if (is_pending(slot, SETTLE_MILLISECONDS))
        serve(slot);
    return 0;
}

/* Reads the held request, again if it was read before; the values are those of its pages now. */
static long read_request(int slot)
{
    struct fuse_in_header *in = (void *)served.request;
    u8 *data = served.request + sizeof(*in) + sizeof(struct fuse_write_in);
    int i;

    if (served.unique[slot] != 0) {
        struct fuse_out_header again = { sizeof(again), NOTIFY_RESEND, 0 };
        long error = SYS3(write, served.device[slot], &again, sizeof(again));

        if (error < 0)
            return error;
    }
    if (!is_pending(slot, SETTLE_MILLISECONDS))
        return -ERR_TIMEDOUT;
    serve(slot);
    if (in->opcode != OPCODE_WRITE)
        return -ERR_IO;
    for (i = 0; i < HANDLE_PAGES; i++)
        served.answer.values[i] = *(u64 *)(data + (unsigned long)i * PAGE);
    return 0;
}

static long release_request(int slot)
{
    struct fuse_write_out written;

    served.held[slot] = 0;
    if (served.unique[slot] == 0) {
        if (is_pending(slot, SETTLE_MILLISECONDS))
            serve(slot); /* which answers it */
    } else {
        memset(&written, 0, sizeof(written));
        written.size = served.size[slot];
        reply_to(slot, served.unique[slot], 0, &written, sizeof(written));
    }
    served.unique[slot] = 0;
    return 0;
}

static long obey(const struct order *order)
{
    int slot = (int)order->slot;

    switch (order->what) {
    case ORDER_MOUNT:
        return mount_file(slot);
    case ORDER_IS_PENDING:
        served.held[slot] = 1;
        served.unique[slot] = 0;
        return is_pending(slot, 0);
    case ORDER_READ:
        return read_request(slot);
    case ORDER_RELEASE:
        return release_request(slot);
    case ORDER_ABORT:
        SYS1(close, served.device[slot]);
        served.device[slot] = -1;
        return 0;
    default: /* ORDER_PASS: what comes is answered at once */
        served.held[slot] = 0;
        served.unique[slot] = 0;
        return 0;
    }
}

__attribute__((noreturn)) static void daemon_main(int orders, int answers)
{
    struct poll_fd watched[HANDLES + 1];
    struct order order;
    int slot;

    for (;;) {
        watched[0].fd = orders;
        watched[0].events = POLL_IN;
        for (slot = 0; slot < HANDLES; slot++) {
            watched[slot + 1].fd = served.held[slot] ? -1 : served.device[slot];
            watched[slot + 1].events = POLL_IN;
        }
        SYS3(poll, watched, HANDLES + 1, -1);
        for (slot = 0; slot < HANDLES; slot++) {
            if (watched[slot + 1].fd >= 0 && (watched[slot + 1].revents & POLL_IN) != 0)
                serve(slot);
        }
        if (watched[0].revents == 0)
            continue;
        if (SYS3(read, orders, &order, sizeof(order)) != sizeof(order))
            SYS1(exit_group, 0);
        served.answer.result = order.slot < HANDLES ? obey(&order) : -ERR_IO;
        write_all(answers, &served.answer, sizeof(served.answer));
    }
}

/* Begun before the server has descriptors that others share: the devices must not outlive the daemon. */
void hold_start_daemon(void)
{
    int slot;
    long pid;

    for (slot = 0; slot < HANDLES; slot++) {
        served.device[slot] = -1;
        hold.file[slot] = -1;
    }
    hold.usable = SYS5(mount, "none", "/tmp", "tmpfs", 0, "size=64k") == 0
        && SYS2(pipe2, hold.orders, OPEN_CLOEXEC) == 0 && SYS2(pipe2, hold.answers, OPEN_CLOEXEC) == 0;
    if (!hold.usable)
        return;
    pid = SYS5(clone, SIGCHLD, 0, 0, 0, 0);
    if (pid == 0) {
        SYS5(prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
        SYS1(close, hold.orders[1]);
        SYS1(close, hold.answers[0]);
        SYS1(close, 0);
        SYS1(close, 1);
        daemon_main(hold.orders[0], hold.answers[1]);
    }
    SYS1(close, hold.orders[0]);
    SYS1(close, hold.answers[1]);
    hold.usable = pid > 0;
    server.fuse_usable = hold.usable && SYS3(access, "/dev/fuse", 6, 0) == 0;
}

/* Without its daemon the executor can hold nothing any more, and is replaced. */
static long tell(u32 what, int slot, struct answer *answer)
{
    struct order order = { what, (u32)slot };
    struct answer ignored;

    answer = answer == NULL ? &ignored : answer;
    if (!hold.usable)
        return -ERR_IO;
    if (write_all(hold.orders[1], &order, sizeof(order)) < 0
        || SYS3(read, hold.answers[0], answer, sizeof(*answer)) != sizeof(*answer))
        fail("the daemon that holds writes has gone", ERR_IO);
    return answer->result;
}

int hold_is_pinned(int slot)
{
    return tell(ORDER_IS_PENDING, slot, NULL) == 1;
}

/* The first write is not held: it settles what the kernel asks once of a file system. */
static int prepare(int slot)
{
    char name[32];
    struct text path = { name, 0, sizeof(name) };

    if (hold.mounted[slot])
        return hold.file[slot] >= 0;
    hold.mounted[slot] = 1;
    path_of(&path, slot);
    if (tell(ORDER_MOUNT, slot, NULL) < 0)
        return 0;
    hold.file[slot] = (int)SYS3(open, name, OPEN_RDWR | OPEN_CLOEXEC, 0);
    if (hold.file[slot] < 0)
        return 0;
    return SYS4(pwrite64, hold.file[slot], shared->source, PAGE, 0) == (long)PAGE;
}

void do_hold(const struct operation *op, struct result *result)
{
    struct handle *handle = &server.handles[op->slot];
    int index = ACTORS + op->slot;
    struct actor *helper = &shared->actors[index];
    long thread = index;
    struct result ignored;
    u8 status;

    if (!server.fuse_usable || server.uffds[0].fd >= 0 || server.uffds[1].fd >= 0 || !prepare(op->slot))
        return; /* a helper that waits for a manager has no actor to show for it */
    helper->signal = 0;
    helper->kind = COMMAND_CALL;
    helper->argument[0] = __NR_pwrite64;
    helper->argument[1] = hold.file[op->slot];
    helper->argument[2] = (long)window_page(op->page);
    helper->argument[3] = op->length * (long)PAGE;
    helper->argument[4] = 0;
    helper->asked = helper->answered + 1;
    tell(ORDER_IS_PENDING, op->slot, NULL); /* from now on writes are held */
    if (command(op->actor, COMMAND_THREAD, &thread, 1, &ignored) != STATUS_ENDED || ignored.error != 0)
        return;
    status = settle(helper, op->slot);
    result->status = status == STATUS_TIMEOUT ? STATUS_TIMEOUT : STATUS_ENDED;
    if (__atomic_load_n(&helper->answered, __ATOMIC_ACQUIRE) == helper->asked) {
        result->error = (s16)(helper->result < 0 ? -helper->result : 0);
        tell(ORDER_PASS, op->slot, NULL);
        return;
    }
    if (status == STATUS_TIMEOUT) {
        server.broken = 1;
        return;
    }
    result->error = 0;
    handle->kind = HANDLE_FUSE;
    handle->process = op->process;
    handle->count = op->length;
    handle->page = op->page;
}

void hold_device_read(int slot, struct result *result)
{
    struct answer answer;
    int i;

    result_of_call(result, tell(ORDER_READ, slot, &answer));
    if (result->error != 0)
        result->status = STATUS_UNABLE;
    for (i = 0; i < HANDLE_PAGES; i++)
        result->values[i] = answer.values[i];
}

void hold_release(int slot, struct result *result)
{
    result_of_call(result, tell(ORDER_RELEASE, slot, NULL));
    server.handles[slot].kind = HANDLE_NONE;
    if (settle(&shared->actors[ACTORS + slot], -1) == STATUS_TIMEOUT)
        server.broken = 1;
}

/* The next program that wants to hold mounts it anew. */
static void unmount_file(int slot)
{
    enum { DETACH = 2 };
    char name[32];
    struct text path = { name, 0, sizeof(name) };

    path_of(&path, slot);
    SYS2(umount2, name, DETACH);
    hold.file[slot] = -1;
    hold.mounted[slot] = 0;
}

void hold_abort_all(void)
{
    int slot;

    for (slot = 0; slot < HANDLES; slot++) {
        if (!hold.mounted[slot] || server.handles[slot].kind != HANDLE_FUSE)
            continue;
        tell(ORDER_ABORT, slot, NULL);
        SYS1(close, hold.file[slot]);
        unmount_file(slot);
        server.handles[slot].kind = HANDLE_NONE;
    }
}
