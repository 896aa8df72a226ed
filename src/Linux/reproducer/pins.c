/* ---- pins for writing: io_uring's registered buffers (FOLL_PIN | FOLL_LONGTERM) ---- */

enum { HANDLES = 8 };

static struct ring {
    int fd, page;
    struct io_uring_params parameters;
    char *submissions, *completions;
    struct io_uring_sqe *entries;
} rings[HANDLES];
static int device[2]; /* what the device reads goes in at 1, what it is to write comes from 0 */

static void ring_open(int g)
{
    struct ring *ring = &rings[g];
    struct { uint32_t count, flags; uint64_t reserved, data, tags; } sparse = { 1, 1, 0, 0, 0 };

    if (!device[1] && pipe(device))
        fail("pipe");
    ring->fd = syscall(SYS_io_uring_setup, 4, &ring->parameters);
    if (ring->fd < 0)
        fail("io_uring_setup");
    ring->submissions = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, ring->fd, IORING_OFF_SQ_RING);
    ring->completions = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, ring->fd, IORING_OFF_CQ_RING);
    ring->entries = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, ring->fd, IORING_OFF_SQES);
    if (syscall(SYS_io_uring_register, ring->fd, 15 /* IORING_REGISTER_BUFFERS2 */, &sparse, sizeof sparse) < 0)
        fail("a table of buffers of io_uring (5.19)");
}

struct update { uint32_t offset, reserved; uint64_t data, tags; uint32_t count, reserved2; };

static void pin(int t, int g, int page, int pages)
{
    struct update *update = (void *)shared->words;

    if (!rings[g].entries)
        ring_open(g);
    rings[g].page = page;
    shared->vector = (struct iovec){ AT(page), pages * PAGE };
    *update = (struct update){ .data = (uintptr_t)&shared->vector, .count = 1 };
    call(t, SYS_io_uring_register, rings[g].fd, 16 /* IORING_REGISTER_BUFFERS_UPDATE */, update, sizeof *update);
}

static void unpin(int g)
{
    struct iovec nothing = { NULL, 0 };
    struct update update = { .data = (uintptr_t)&nothing, .count = 1 };

    own(syscall(SYS_io_uring_register, rings[g].fd, 16, &update, sizeof update) < 0 ? -1 : 0);
}

static uint32_t *word(char *base, uint32_t offset)
{
    return (uint32_t *)(base + offset);
}

/* Eight bytes between the pipe and a page of the handle. */
static long device_transfer(int g, int page, int opcode, int fd)
{
    struct ring *ring = &rings[g];
    struct io_uring_params *p = &ring->parameters;
    uint32_t *tail = word(ring->submissions, p->sq_off.tail), *head = word(ring->completions, p->cq_off.head);
    uint32_t index = *tail & *word(ring->submissions, p->sq_off.ring_mask);
    struct io_uring_cqe *done = (void *)(ring->completions + p->cq_off.cqes);

    ring->entries[index] = (struct io_uring_sqe){
        .opcode = opcode, .fd = fd, .off = -1, .addr = (uintptr_t)AT(ring->page + page), .len = sizeof(uint64_t) };
    word(ring->submissions, p->sq_off.array)[index] = index;
    __atomic_store_n(tail, *tail + 1, __ATOMIC_RELEASE);
    if (syscall(SYS_io_uring_enter, ring->fd, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0) < 0)
        fail("io_uring_enter");
    done += *head & *word(ring->completions, p->cq_off.ring_mask);
    __atomic_store_n(head, *head + 1, __ATOMIC_RELEASE);
    errno = done->res < 0 ? -done->res : 0;
    return done->res;
}

static void device_read(int g, int page)
{
    uint64_t value;
    long done = device_transfer(g, page, IORING_OP_WRITE_FIXED, device[1]);

    own(done < 0 ? -1 : 0);
    if (done == sizeof value && read(device[0], &value, sizeof value) == sizeof value)
        last = (struct outcome){ SEES, value };
}

static void device_write(int g, int page, uint64_t value)
{
    if (write(device[1], &value, sizeof value) != sizeof value)
        fail("pipe");
    own(device_transfer(g, page, IORING_OP_READ_FIXED, device[0]) < 0 ? -1 : 0);
}
