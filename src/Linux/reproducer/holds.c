/* ---- pins for reading (FOLL_PIN alone): direct I/O to a FUSE file that is not answered ---- */

enum { REQUEST_SIZE = 65536 + 4096, RESEND = 7 /* FUSE_NOTIFY_RESEND, 6.9 */ };

static struct hold {
    int device, file;
    uint64_t unique;  /* of the write that was read; 0: it is still pending */
    uint32_t size;
    int holds;        /* the next write is not answered */
    int holder;       /* the thread that writes */
} holds[HOLDERS];
static char request[REQUEST_SIZE];

/* Without its device a file system answers all requests with an error, and who waits for one goes on. */
static void let_go(void)
{
    for (int g = 0; g < HOLDERS; g++)
        if (holds[g].device > 0)
            close(holds[g].device);
}

static void own_mounts(void)
{
    give_back = let_go;
    if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
        fail("mounts of its own (needs root)");
}

static void reply_to(struct hold *hold, uint64_t unique, int error, const void *body, size_t size)
{
    struct fuse_out_header header = { sizeof header + size, -error, unique };
    struct iovec parts[] = { { &header, sizeof header }, { (void *)body, size } };

    if (writev(hold->device, parts, size ? 2 : 1) < 0)
        fail("FUSE");
}

static int is_pending(struct hold *hold, int milliseconds)
{
    struct pollfd poll_it = { hold->device, POLLIN, 0 };

    return poll(&poll_it, 1, milliseconds) == 1;
}

/* Answers a request, but for a write that is to be held. */
static void answer_request(struct hold *hold)
{
    struct fuse_in_header *in = (void *)request;
    struct fuse_init_out init = { .major = 7, .minor = 38, .max_write = 65536, .flags = FUSE_BIG_WRITES };
    struct fuse_attr_out attributes = {
        .attr = { .ino = 1, .size = REQUEST_SIZE, .mode = 0100644, .nlink = 1, .blksize = PAGE } };
    struct fuse_open_out opened = { .fh = 1, .open_flags = FOPEN_DIRECT_IO | FOPEN_NOFLUSH };
    struct fuse_write_out written = { 0 };

    if (read(hold->device, request, sizeof request) <= 0)
        fail("/dev/fuse");
    switch (in->opcode) {
    case FUSE_INIT:
        reply_to(hold, in->unique, 0, &init, sizeof init);
        break;
    case FUSE_GETATTR:
        reply_to(hold, in->unique, 0, &attributes, sizeof attributes);
        break;
    case FUSE_OPEN:
        reply_to(hold, in->unique, 0, &opened, sizeof opened);
        break;
    case FUSE_WRITE:
        hold->unique = in->unique;
        written.size = hold->size = ((struct fuse_write_in *)(in + 1))->size;
        if (!hold->holds)
            reply_to(hold, in->unique, 0, &written, sizeof written);
        break;
    default:
        reply_to(hold, in->unique, ENOSYS, NULL, 0);
        break;
    }
}

static void answer_until(struct hold *hold, struct thread *thread)
{
    while (!has_answered(thread))
        if (is_pending(hold, 10))
            answer_request(hold);
}

/* A FUSE file system that is a file; its first write is answered, since the kernel asks more than that then. */
static void hold_open(int t, struct hold *hold)
{
    char path[] = "/tmp/hold-XXXXXX";
    char options[64];
    int place = mkstemp(path);

    hold->device = open("/dev/fuse", O_RDWR);
    snprintf(options, sizeof options, "fd=%d,rootmode=100644,user_id=0,group_id=0", hold->device);
    if (place < 0 || hold->device < 0 || mount("hold", path, "fuse", MS_NODEV | MS_NOSUID, options))
        fail("a FUSE file system (needs root)");
    while (is_pending(hold, 200))
        answer_request(hold);
    strcpy(shared->source[0], path);
    ask(t, CALL, CALL_OF(SYS_open, (long)shared->source[0], O_RDWR));
    answer_until(hold, &shared->threads[t]);
    hold->file = shared->threads[t].result;
    ask(t, CALL, CALL_OF(SYS_pwrite64, hold->file, (long)shared->source[1], PAGE, 0));
    answer_until(hold, &shared->threads[t]);
    if (shared->threads[t].result != PAGE)
        fail("a write to a FUSE file");
    umount2(path, MNT_DETACH);
    unlink(path);
}

static void hold(int t, int g, int page, int pages)
{
    struct hold *hold = &holds[g];
    struct thread *holder = &shared->threads[THREADS + g];

    if (!hold->file)
        hold_open(t, hold);
    command(t, THREAD, CALL_OF(THREADS + g));
    wait_until_there(THREADS + g);
    hold->holds = 1;
    hold->unique = 0;
    ask(THREADS + g, CALL, CALL_OF(SYS_pwrite64, hold->file, (long)AT(page), pages * PAGE, 0));
    while (!has_answered(holder) && !is_pending(hold, 1))
        ;
    if (has_answered(holder)) {
        hold->holds = 0;
        settle(THREADS + g);
        return;
    }
    own(0);
}

/* What the device reads: a request that was read already is sent again. */
static void held_read(int g, int page)
{
    struct hold *hold = &holds[g];
    struct fuse_out_header again = { sizeof again, RESEND, 0 };

    if (hold->unique && write(hold->device, &again, sizeof again) < 0)
        fail("sending a request again (6.9)");
    while (!is_pending(hold, 1000))
        fail("a held write");
    answer_request(hold);
    last = (struct outcome){ SEES, *(uint64_t *)(request + sizeof(struct fuse_in_header)
                                               + sizeof(struct fuse_write_in) + page * PAGE) };
}

static void held_unpin(int g)
{
    struct hold *hold = &holds[g];
    struct fuse_write_out written = { .size = hold->size };

    hold->holds = 0;
    if (hold->unique)
        reply_to(hold, hold->unique, 0, &written, sizeof written);
    answer_until(hold, &shared->threads[THREADS + g]);
    own(0);
}
