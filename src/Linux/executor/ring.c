/*
 * Pins for writing, as io_uring takes them: a ring for each handle, since a process whose pin waits for a manager keeps
 * its ring locked. A process of the program registers its own pages as the ring's buffer; the server then lets the
 * "device" read and write them through a pipe. Not covered: pins for reading (hold.c), pipes (handles.c).
 */
#include "server.h"

#include <linux/io_uring.h>
#include <linux/mman.h>

enum { ENTRIES = 4, REGISTER_BUFFERS2 = 15, REGISTER_BUFFERS_UPDATE = 16, RSRC_SPARSE = 1, SUBMIT_AND_WAIT = 1 };

struct resource_register {
    u32 count, flags;
    u64 reserved, data, tags;
};

struct resource_update {
    u32 offset, reserved;
    u64 data, tags;
    u32 count, reserved2;
};

static struct ring {
    int fd;
    struct io_uring_params parameters;
    u8 *submissions, *completions;
    struct io_uring_sqe *entries;
} rings[HANDLES];
static int device[2]; /* what the device reads goes in at 1, what it is to write comes from 0 */

static int open_ring(struct ring *ring)
{
    struct resource_register sparse = { 1, RSRC_SPARSE, 0, 0, 0 };
    long fd = SYS2(io_uring_setup, ENTRIES, &ring->parameters);

    ring->fd = (int)fd;
    if (fd < 0)
        return 0;
    ring->submissions = (u8 *)SYS6(mmap, 0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, IORING_OFF_SQ_RING);
    ring->completions = (u8 *)SYS6(mmap, 0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, IORING_OFF_CQ_RING);
    ring->entries = (void *)SYS6(mmap, 0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, IORING_OFF_SQES);
    return (long)ring->submissions > 0 && (long)ring->completions > 0 && (long)ring->entries > 0
        && SYS4(io_uring_register, fd, REGISTER_BUFFERS2, &sparse, sizeof(sparse)) >= 0;
}

void ring_open(void)
{
    int slot;

    server.ring_usable = SYS2(pipe2, device, OPEN_CLOEXEC) == 0;
    for (slot = 0; slot < HANDLES && server.ring_usable; slot++)
        server.ring_usable = open_ring(&rings[slot]);
}

static u32 *ring_word(u8 *base, u32 offset)
{
    return (u32 *)(base + offset);
}

/* One transfer of eight bytes between the pipe and a page of the handle; its result. */
static long transfer(int slot, int page, int opcode, int fd)
{
    struct ring *ring = &rings[slot];
    struct io_uring_params *p = &ring->parameters;
    u32 *tail = ring_word(ring->submissions, p->sq_off.tail);
    u32 mask = *ring_word(ring->submissions, p->sq_off.ring_mask);
    u32 *head = ring_word(ring->completions, p->cq_off.head);
    u32 index = *tail & mask;
    struct io_uring_sqe *entry = &ring->entries[index];
    struct io_uring_cqe *done;
    long result;

    memset(entry, 0, sizeof(*entry));
    entry->opcode = (u8)opcode;
    entry->fd = fd;
    entry->off = (u64)-1;
    entry->addr = (u64)window_page(server.handles[slot].page + page);
    entry->len = sizeof(u64);
    ring_word(ring->submissions, p->sq_off.array)[index] = index;
    __atomic_store_n(tail, *tail + 1, __ATOMIC_RELEASE);
    result = SYS6(io_uring_enter, ring->fd, 1, SUBMIT_AND_WAIT, IORING_ENTER_GETEVENTS, NULL, 0);
    if (result < 0)
        return result;
    done = (struct io_uring_cqe *)(ring->completions + p->cq_off.cqes)
        + (*head & *ring_word(ring->completions, p->cq_off.ring_mask));
    result = done->res;
    __atomic_store_n(head, *head + 1, __ATOMIC_RELEASE);
    return result;
}

u64 ring_device_read(int slot, int page, long *error)
{
    u64 value = 0;

    *error = transfer(slot, page, IORING_OP_WRITE_FIXED, device[1]);
    if (*error == sizeof(value))
        *error = SYS3(read, device[0], &value, sizeof(value));
    return value;
}

void ring_device_read_into(const struct operation *op, struct result *result)
{
    long error;

    result->values[0] = ring_device_read(op->slot, op->number, &error);
    result->count = 1;
    result_of_call(result, error);
}

void ring_device_write(const struct operation *op, struct result *result)
{
    u64 value = VALUE_OF(op->value);

    long done;

    SYS3(write, device[1], &value, sizeof(value));
    done = transfer(op->slot, op->number, IORING_OP_READ_FIXED, device[0]);
    if (done != sizeof(value))
        SYS3(read, device[0], &value, sizeof(value)); /* or the next transfer would find it */
    result_of_call(result, done);
}

void ring_pin(const struct operation *op, struct result *result)
{
    struct resource_update *update = (void *)shared->words;
    long call[] = { __NR_io_uring_register, rings[op->slot].fd, REGISTER_BUFFERS_UPDATE, (long)update, sizeof(*update) };

    shared->vector.base = window_page(op->page);
    shared->vector.length = op->length * PAGE;
    memset(update, 0, sizeof(*update));
    update->data = (u64)&shared->vector;
    update->count = 1;
    command(op->actor, COMMAND_CALL, call, ARRAY_COUNT(call), result);
}

void ring_unpin(int slot)
{
    struct io_vector nothing = { NULL, 0 };
    struct resource_update update;

    memset(&update, 0, sizeof(update));
    update.data = (u64)&nothing;
    update.count = 1;
    SYS4(io_uring_register, rings[slot].fd, REGISTER_BUFFERS_UPDATE, &update, sizeof(update));
    server.handles[slot].kind = HANDLE_NONE;
}
