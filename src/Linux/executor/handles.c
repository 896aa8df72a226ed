/*
 * Handles on pages: which kind a slot holds, pipes whose pages are shared with a process by vmsplice, and what is behind
 * every handle. Not covered: pins for writing (ring.c) and for reading (hold.c).
 */
#include "server.h"

static void splice_pages(const struct operation *op, struct result *result)
{
    struct handle *handle = &server.handles[op->slot];
    long call[] = { __NR_vmsplice, 0, (long)&shared->vector, 1, 0 };

    if (SYS2(pipe2, handle->pipe, OPEN_CLOEXEC) < 0) {
        result->status = STATUS_UNABLE;
        return;
    }
    shared->vector.base = window_page(op->page);
    shared->vector.length = op->length * PAGE;
    call[1] = handle->pipe[1];
    command(op->actor, COMMAND_CALL, call, ARRAY_COUNT(call), result);
}

static void close_pipe(struct handle *handle)
{
    SYS1(close, handle->pipe[0]);
    SYS1(close, handle->pipe[1]);
    handle->kind = HANDLE_NONE;
}

/* A handle exists once the operation that takes it has ended, which may be long after it began. */
void handle_taken(const struct operation *op, int error)
{
    struct handle *handle = &server.handles[op->slot];

    if (op->kind == DO_PIN && error == 0) {
        handle->kind = HANDLE_RING;
        handle->count = op->length;
        handle->page = op->page;
    } else if (op->kind == DO_VMSPLICE && error == 0) {
        handle->kind = HANDLE_PIPE;
        handle->page = op->page;
        handle->count = (int)(shared->actors[op->actor].result / (long)PAGE);
    } else if (op->kind == DO_VMSPLICE) {
        close_pipe(handle);
    }
}

static int read_pages(int fd, int count, u64 *values)
{
    static u8 page[PAGE];
    int i;

    for (i = 0; i < count && SYS3(read, fd, page, PAGE) == (long)PAGE; i++)
        values[i] = *(u64 *)page;
    return i;
}

/* What is in the pipe, by way of a second pipe that shares its pages for a moment. */
static int peek_pipe(struct handle *handle, u64 *values)
{
    enum { DO_NOT_WAIT = 2 };
    int copy[2];
    int count = 0;

    if (handle->count == 0 || SYS2(pipe2, copy, OPEN_CLOEXEC) < 0)
        return 0;
    if (SYS4(tee, handle->pipe[0], copy[1], (unsigned long)handle->count * PAGE, DO_NOT_WAIT) > 0)
        count = read_pages(copy[0], handle->count, values);
    SYS1(close, copy[0]);
    SYS1(close, copy[1]);
    return count;
}

static void use_pipe(const struct operation *op, struct result *result)
{
    struct handle *handle = &server.handles[op->slot];

    result_of_call(result, 0);
    if (op->kind == DO_PIPE_READ) {
        result->count = (u8)read_pages(handle->pipe[0], handle->count, result->values);
        close_pipe(handle);
        return;
    }
    result->count = (u8)peek_pipe(handle, result->values);
    result->values[0] = result->values[op->number & (HANDLE_PAGES - 1)];
    result->count = result->count > op->number;
}

void do_handle(const struct operation *op, struct result *result)
{
    struct handle *handle = &server.handles[op->slot & (HANDLES - 1)];
    int takes = op->kind == DO_PIN || op->kind == DO_VMSPLICE || op->kind == DO_HOLD;

    result->status = STATUS_UNABLE;
    if (takes && handle->kind == HANDLE_NONE) {
        if (op->kind == DO_VMSPLICE)
            splice_pages(op, result);
        else if (op->kind == DO_HOLD)
            do_hold(op, result);
        else if (server.ring_usable)
            ring_pin(op, result);
        if (result->status == STATUS_ENDED)
            handle_taken(op, result->error);
    } else if (!takes && handle->kind == HANDLE_PIPE) {
        use_pipe(op, result);
    } else if (!takes && handle->kind == HANDLE_FUSE) {
        if (op->kind == DO_DEVICE_READ) {
            hold_device_read(op->slot, result);
            result->values[0] = result->values[op->number & (HANDLE_PAGES - 1)];
            result->count = 1;
        } else if (op->kind == DO_UNPIN) {
            hold_release(op->slot, result);
        }
    } else if (!takes && handle->kind == HANDLE_RING) {
        if (op->kind == DO_DEVICE_READ) {
            ring_device_read_into(op, result);
        } else if (op->kind == DO_DEVICE_WRITE) {
            ring_device_write(op, result);
        } else if (op->kind == DO_UNPIN) {
            ring_unpin(op->slot);
            result_of_call(result, 0);
        }
    } else {
        result->status = STATUS_BUSY;
    }
}

void release_handles(void)
{
    struct result ignored;
    int slot;

    for (slot = 0; slot < HANDLES; slot++) {
        struct handle *handle = &server.handles[slot];

        if (handle->kind == HANDLE_PIPE)
            close_pipe(handle);
        else if (handle->kind == HANDLE_RING)
            ring_unpin(slot);
        else if (handle->kind == HANDLE_FUSE)
            hold_release(slot, &ignored);
    }
}

/* The bytes behind every handle that can be looked at without a trace: mask, and of each its pages' values. */
void report_handles(struct reply *reply)
{
    unsigned long at = reply->used;
    u64 values[PAGES];
    int slot, page, count;
    long error;

    reply_byte(reply, 0);
    for (slot = 0; slot < HANDLES; slot++) {
        struct handle *handle = &server.handles[slot];

        if (handle->kind != HANDLE_RING && handle->kind != HANDLE_PIPE)
            continue;
        count = handle->kind == HANDLE_PIPE ? peek_pipe(handle, values) : handle->count;
        for (page = 0; handle->kind == HANDLE_RING && page < count; page++)
            values[page] = ring_device_read(slot, page, &error);
        reply->start[at] |= (u8)(1 << slot);
        reply_byte(reply, (u8)count);
        reply_bytes(reply, values, (unsigned long)count * sizeof(u64));
    }
}
