/*
 * Operations that a thread of a process does itself: mappings, rights, advice, fork, exit, loads and stores, calls that
 * copy a page; and those that reach memory past all mappings.
 * Not covered: handles (handles.c, ring.c, hold.c), the manager (manager.c).
 */
#include "server.h"

#include <linux/mman.h>

enum { TEMPORARY_FILE = 020000000 | 0200000 };

#define MAP_PRIVATE_ 2
#define MAP_NOREPLACE_ 0x100000

/* A memfd, or a file on a disk that has no name; both with eight pages of zeros. */
int inode_descriptor(int inode, int on_disk)
{
    long fd = server.inodes[inode];

    if (fd >= 0)
        return (int)fd;
    fd = on_disk ? SYS4(openat, server.directory, ".", TEMPORARY_FILE | OPEN_RDWR | OPEN_CLOEXEC, 0600)
                 : SYS2(memfd_create, "mmfuzz", 1);
    if (fd >= 0)
        SYS2(ftruncate, fd, INODE_PAGES * PAGE);
    server.inodes[inode] = (int)fd;
    return (int)fd;
}

static long rights_of(const struct operation *op)
{
    return op->flags & FLAG_WRITE ? PROT_READ | PROT_WRITE : op->flags & FLAG_READ ? PROT_READ : PROT_NONE;
}

/*
 * What operations put into this processor's batches for the LRU lists is referenced by them until somebody drains them,
 * which any MADV_COLD does; on a page of the server's own it does nothing else.
 */
void drain_batches(void)
{
    static u8 page[2 * PAGE] __attribute__((aligned(4096)));
    enum { COLD = 20 };

    SYS3(madvise, page, PAGE, COLD);
}

/* The model reads the pages of a file one by one. */
static void do_not_read_ahead(const struct operation *op)
{
    enum { RANDOM = 1 };
    long call[] = { __NR_madvise, (long)window_page(op->page), op->length * (long)PAGE, RANDOM };
    struct result ignored;

    command(op->actor, COMMAND_CALL, call, ARRAY_COUNT(call), &ignored);
}

static void map(const struct operation *op, struct result *result)
{
    long call[] = { __NR_mmap, (long)window_page(op->page), op->length * (long)PAGE, rights_of(op),
                    op->flags & FLAG_FIXED ? MAP_FIXED : MAP_NOREPLACE_, -1, op->number * (long)PAGE };

    switch (op->mapping) {
    case MAPPING_ANON:
        call[4] |= MAP_PRIVATE_ | MAP_ANONYMOUS;
        call[6] = 0;
        break;
    case MAPPING_SHARED_ANON:
        call[4] |= MAP_SHARED | MAP_ANONYMOUS;
        call[6] = 0;
        break;
    case MAPPING_MEMFD:
        call[4] |= MAP_SHARED;
        call[5] = inode_descriptor(op->slot, 0);
        break;
    case MAPPING_MEMFD_PRIVATE:
        call[4] |= MAP_PRIVATE_;
        call[5] = inode_descriptor(op->slot, 0);
        break;
    case MAPPING_FILE_PRIVATE:
        call[4] |= MAP_PRIVATE_;
        call[5] = inode_descriptor(op->slot, 1);
        break;
    default:
        result->status = STATUS_UNABLE;
        return;
    }
    command(op->actor, COMMAND_CALL, call, ARRAY_COUNT(call), result);
    if (op->mapping == MAPPING_FILE_PRIVATE && result->status == STATUS_ENDED && result->error == 0)
        do_not_read_ahead(op);
}

static void call_on_range(const struct operation *op, long number, long third, struct result *result)
{
    long call[] = { number, (long)window_page(op->page), op->length * (long)PAGE, third };

    command(op->actor, COMMAND_CALL, call, ARRAY_COUNT(call), result);
}

static void move(const struct operation *op, struct result *result)
{
    long how = op->flags & FLAG_IN_PLACE ? 0
        : MREMAP_MAYMOVE | MREMAP_FIXED | (op->flags & FLAG_DONT_UNMAP ? MREMAP_DONTUNMAP : 0);
    long call[] = { __NR_mremap, (long)window_page(op->page), op->length * (long)PAGE, op->mapping * (long)PAGE, how,
                    (long)window_page(op->number) };

    command(op->actor, COMMAND_CALL, call, ARRAY_COUNT(call), result);
}

static void fork_child(const struct operation *op, struct result *result)
{
    struct process *child = &shared->processes[op->slot];
    long index = op->slot;

    if (child->live) {
        result->status = STATUS_BUSY;
        return;
    }
    if (command(op->actor, COMMAND_FORK, &index, 1, result) != STATUS_ENDED || result->error != 0)
        return;
    child->pid = (int)shared->actors[op->actor].result;
    child->live = 1;
    server.outstanding[index] = server.outstanding[index + PROCESSES] = 0;
    while (!is_ready((int)index))
        SYS0(sched_yield);
}

/* A held write ends with its thread, and its pin with it, where a device's would not. */
static int holds_pins(int process)
{
    int slot;

    for (slot = 0; slot < HANDLES; slot++) {
        if (server.handles[slot].kind == HANDLE_FUSE && server.handles[slot].process == process)
            return 1;
    }
    return 0;
}

static void leave(const struct operation *op, struct result *result)
{
    if (holds_pins(op->process)) {
        result->status = STATUS_UNABLE;
        return;
    }
    ask(&shared->actors[op->actor], COMMAND_EXIT, NULL, 0);
    end_process(op->process); /* waits; the signal does no harm to who is leaving */
    result->status = STATUS_ENDED;
}

static void access(const struct operation *op, struct result *result)
{
    long arguments[] = { op->page, (long)VALUE_OF(op->value) };

    command(op->actor, op->kind == DO_LOAD ? COMMAND_LOAD : COMMAND_STORE, arguments, 2, result);
}

/* A file on a disk with one page that is there already; a file system in memory would copy, and pin nothing. */
static int direct_descriptor(int actor)
{
    enum { TMPFS = 0x01021994, RAMFS = (int)0x858458f6 };
    long file_system[32];
    long fd = server.direct[actor];

    if (fd >= 0)
        return (int)fd;
    if (SYS2(fstatfs, server.directory, file_system) < 0 || (int)file_system[0] == TMPFS
        || (int)file_system[0] == RAMFS)
        return -1;
    fd = SYS4(openat, server.directory, ".", TEMPORARY_FILE | OPEN_RDWR | OPEN_CLOEXEC | OPEN_DIRECT, 0600);
    if (fd >= 0 && SYS4(pwrite64, fd, shared->transfer[actor], PAGE, 0) != (long)PAGE) {
        SYS1(close, fd);
        fd = -1;
    }
    server.direct[actor] = (int)fd;
    return (int)fd;
}

static void transfer(const struct operation *op, struct result *result)
{
    long arguments[] = { op->page, (long)VALUE_OF(op->value), (op->flags & FLAG_WRITE) != 0, -1 };

    if (op->kind == DO_DIRECT_IO) {
        arguments[3] = direct_descriptor(op->actor);
        if (arguments[3] < 0) {
            result->status = STATUS_UNABLE;
            return;
        }
    }
    command(op->actor, op->kind == DO_DIRECT_IO ? COMMAND_DIRECT_IO : COMMAND_PROCESS_VM, arguments, 4, result);
}

static void write_file(const struct operation *op, struct result *result)
{
    u64 value = VALUE_OF(op->value);

    result_of_call(result, server.inodes[op->slot] < 0 ? -ERR_IO
        : SYS4(pwrite64, server.inodes[op->slot], &value, sizeof(value), op->number * PAGE));
}

static void punch(const struct operation *op, struct result *result)
{
    enum { KEEP_SIZE = 1, PUNCH_HOLE = 2 };

    result_of_call(result, server.inodes[op->slot] < 0 ? -ERR_IO
        : SYS4(fallocate, server.inodes[op->slot], KEEP_SIZE | PUNCH_HOLE, op->number * PAGE, PAGE));
}

static void truncate_file(const struct operation *op, struct result *result)
{
    result_of_call(result, server.inodes[op->slot] < 0 ? -ERR_IO
        : SYS2(ftruncate, server.inodes[op->slot], op->number * PAGE));
}

/* The descriptor is opened by the process itself: the server need not know its number in the mounted /proc. */
static void write_forced(const struct operation *op, struct result *result)
{
    struct process *process = &shared->processes[op->process];
    long open[] = { __NR_open, (long)"/proc/self/mem", OPEN_RDWR | OPEN_CLOEXEC, 0 };
    int actor = idle_actor_of(op->process);
    u64 value = VALUE_OF(op->value);

    if (process->memory < 0) {
        if (actor < 0) {
            result->status = STATUS_UNABLE;
            return;
        }
        if (command(actor, COMMAND_CALL, open, ARRAY_COUNT(open), result) != STATUS_ENDED || result->error != 0)
            return;
        process->memory = (int)shared->actors[actor].result;
    }
    result_of_call(result, SYS4(pwrite64, process->memory, &value, sizeof(value), window_page(op->page)));
}

void do_memory(const struct operation *op, struct result *result)
{
    switch (op->kind) {
    case DO_MMAP:
        map(op, result);
        break;
    case DO_MUNMAP:
        call_on_range(op, __NR_munmap, 0, result);
        break;
    case DO_MPROTECT:
        call_on_range(op, __NR_mprotect, rights_of(op), result);
        break;
    case DO_MADVISE:
        call_on_range(op, __NR_madvise, op->number, result);
        break;
    case DO_MLOCK:
        call_on_range(op, op->number ? __NR_mlock : __NR_munlock, 0, result);
        break;
    case DO_MREMAP:
        move(op, result);
        break;
    case DO_FORK:
        fork_child(op, result);
        break;
    case DO_EXIT:
        leave(op, result);
        break;
    case DO_LOAD:
    case DO_STORE:
        access(op, result);
        break;
    case DO_DIRECT_IO:
    case DO_PROCESS_VM:
        transfer(op, result);
        break;
    case DO_FILE_WRITE:
        write_file(op, result);
        break;
    case DO_PUNCH:
        punch(op, result);
        break;
    case DO_TRUNCATE:
        truncate_file(op, result);
        break;
    case DO_FORCE_WRITE:
        write_forced(op, result);
        break;
    default:
        result->status = STATUS_UNABLE;
        break;
    }
}
