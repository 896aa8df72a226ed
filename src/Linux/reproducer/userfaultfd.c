/* ---- userfaultfd ---- */

#ifndef UFFD_FEATURE_WP_HUGETLBFS_SHMEM
#define UFFD_FEATURE_WP_HUGETLBFS_SHMEM (1 << 12)
#endif
#ifndef UFFD_FEATURE_WP_UNPOPULATED
#define UFFD_FEATURE_WP_UNPOPULATED (1 << 13)
#endif
#ifndef UFFD_FEATURE_WP_ASYNC
#define UFFD_FEATURE_WP_ASYNC (1 << 15)
#endif

enum { DONT_WAKE = 1, PROTECT = 2, HOLES = 2 };
#define MOVE 0xc028aa05 /* UFFDIO_MOVE, 6.8 */

/* A thread of the process that can be asked now: its main one if that does not wait. */
static int idle_thread(int t)
{
    t = shared->threads[t].waits ? t + PROCESSES : t;
    errno = EBUSY;
    if (shared->threads[t].waits || !shared->threads[t].id)
        fail("a thread of the process that can be asked (a limit of this program)");
    return t;
}

static void uffd_open(int t, int u, uint64_t features)
{
    struct uffdio_api ask_first = { UFFD_API, 0, 0 };
    struct uffdio_api api = { UFFD_API, features, 0 };
    int probe = syscall(SYS_userfaultfd, O_NONBLOCK);

    if (probe < 0 || ioctl(probe, UFFDIO_API, &ask_first))
        fail("userfaultfd");
    close(probe);
    api.features |= ask_first.features & (UFFD_FEATURE_PAGEFAULT_FLAG_WP | UFFD_FEATURE_MISSING_SHMEM
        | 1 << 10 /* MINOR_SHMEM */ | UFFD_FEATURE_WP_HUGETLBFS_SHMEM);
    t = idle_thread(t);
    call(t, SYS_userfaultfd, O_NONBLOCK);
    if (last.how != ENDS)
        return;
    userfaults[u] = shared->threads[t].result;
    own(ioctl(userfaults[u], UFFDIO_API, &api));
    if (last.how != ENDS) {
        close(userfaults[u]);
        userfaults[u] = -1;
    }
}

static void uffd_close(int u)
{
    own(close(userfaults[u]));
    userfaults[u] = -1;
}

static struct uffdio_range range_of(int page, int pages)
{
    return (struct uffdio_range){ (uintptr_t)AT(page), pages * PAGE };
}

static void uffd_register(int u, int page, int pages, uint64_t mode)
{
    struct uffdio_register registration = { range_of(page, pages), mode, 0 };

    own(ioctl(userfaults[u], UFFDIO_REGISTER, &registration));
}

static void uffd_unregister(int u, int page, int pages)
{
    struct uffdio_range range = range_of(page, pages);

    own(ioctl(userfaults[u], UFFDIO_UNREGISTER, &range));
}

static void uffd_wake(int u, int page, int pages)
{
    struct uffdio_range range = range_of(page, pages);

    own(ioctl(userfaults[u], UFFDIO_WAKE, &range));
}

static void uffd_writeprotect(int u, int page, int pages, uint64_t mode)
{
    struct uffdio_writeprotect protect = { range_of(page, pages), mode };

    own(ioctl(userfaults[u], UFFDIO_WRITEPROTECT, &protect));
}

static void uffd_copy(int u, int page, int pages, uint64_t value, uint64_t mode)
{
    struct uffdio_copy copy = { (uintptr_t)AT(page), (uintptr_t)shared->source, pages * PAGE, mode, 0 };

    for (int i = 0; i < pages; i++)
        *(uint64_t *)shared->source[i] = value + ALSO(i);
    own(ioctl(userfaults[u], UFFDIO_COPY, &copy));
}

static void uffd_zeropage(int u, int page, int pages, uint64_t mode)
{
    struct uffdio_zeropage zero = { range_of(page, pages), mode, 0 };

    own(ioctl(userfaults[u], UFFDIO_ZEROPAGE, &zero));
}

/* UFFDIO_CONTINUE and, from 6.6, UFFDIO_POISON have one layout. */
static void uffd_resolve(int u, int page, int pages, uint64_t mode, unsigned request)
{
    struct { struct uffdio_range range; uint64_t mode; int64_t done; } argument = { range_of(page, pages), mode, 0 };

    own(ioctl(userfaults[u], request, &argument));
}

enum { RESOLVE_MINOR = 0xc020aa07, RESOLVE_POISON = 0xc020aa08 };

/* A process moves its own pages; of one that has gone anybody may ask, in vain. */
static void uffd_move(int t, int u, int from, int pages, int to, uint64_t mode)
{
    uint64_t argument[] = { (uintptr_t)AT(to), (uintptr_t)AT(from), pages * PAGE, mode, 0 };

    memcpy(shared->words, argument, sizeof argument);
    if (!shared->threads[t].id)
        own(ioctl(userfaults[u], MOVE, shared->words));
    else
        call(idle_thread(t), SYS_ioctl, userfaults[u], MOVE, shared->words);
}

static void uffd_read(int u)
{
    struct uffd_msg message;
    ssize_t got = read(userfaults[u], &message, sizeof message);

    if (got > 0 && message.event == UFFD_EVENT_FORK) {
        if (userfaults[!u] >= 0)
            close(userfaults[!u]);
        userfaults[!u] = message.arg.fork.ufd;
    }
    own(got < 0 ? -1 : 0);
}
