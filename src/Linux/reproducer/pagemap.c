/* ---- what the kernel says of pages ---- */

enum { SCAN_PROTECT = 1, SCAN_CHECK = 2 }; /* PM_SCAN_WP_MATCHING, PM_SCAN_CHECK_WPASYNC */
static int tracks_soft_dirty;

static uint64_t pagemap_entry(int p, int page)
{
    uint64_t entry = 0;

    if (pread(shared->pagemaps[p], &entry, sizeof entry, ((uintptr_t)AT(page) / PAGE) * sizeof entry) < 0)
        fail("pagemap");
    return entry;
}

/* Bits of /proc/PID/pagemap: 63 present, 62 swapped out or a marker, 58 guard, 57 protected by userfaultfd, 55 soft-dirty. */
static void pagemap_bit(int p, int page, int bit)
{
    last = (struct outcome){ SEES, pagemap_entry(p, page) >> bit & 1 };
}

/* Of a present page, needs root: 34 exclusive to one process (PageAnonExclusive). */
static void page_flag(int p, int page, int bit)
{
    static int kpageflags = -1;
    uint64_t flags = 0, frame = pagemap_entry(p, page) & ((1ul << 55) - 1);

    if (kpageflags < 0)
        kpageflags = open("/proc/kpageflags", O_RDONLY);
    if (frame == 0 || pread(kpageflags, &flags, sizeof flags, frame * sizeof flags) < 0)
        fail("/proc/kpageflags (needs root)");
    last = (struct outcome){ SEES, flags >> bit & 1 };
}

/* What reclaim was asked for must have come about, or the rest shows nothing. */
static void must_be_swapped_out(int p, int page)
{
    errno = ENOMEM;
    if (pagemap_entry(p, page) >> 63 & 1)
        fail("a page that was to be swapped out is still there (is there a swap area, and room in it?)");
}

/* Only in a kernel with CONFIG_MEM_SOFT_DIRTY; there what was stored to in a new mapping is soft-dirty. */
static void soft_dirty(int p, int page)
{
    errno = ENOTSUP;
    if (!(pagemap_entry(p, BESIDE) >> 55 & 1) && !tracks_soft_dirty)
        fail("soft-dirty (CONFIG_MEM_SOFT_DIRTY)");
    pagemap_bit(p, page, 55);
}

static void clear_refs(int p)
{
    char path[64];
    int fd;

    tracks_soft_dirty |= pagemap_entry(p, BESIDE) >> 55 & 1;
    snprintf(path, sizeof path, "/proc/%d/clear_refs", shared->processes[p]);
    fd = open(path, O_WRONLY);
    if (fd < 0)
        fail("clear_refs");
    own(write(fd, "4", 1) < 0 ? -1 : 0);
    close(fd);
}

/* PAGEMAP_SCAN (6.7) for written pages: sees a mask of those. */
static void pagemap_scan(int p, int page, int pages, int flags)
{
    struct { uint64_t start, end, categories; } regions[PAGES];
    uint64_t argument[12] = { sizeof argument, flags, (uintptr_t)AT(page), (uintptr_t)AT(page + pages), 0,
                              (uintptr_t)regions, PAGES, 0, 0, 2, 0, 2 }; /* 2: PAGE_IS_WRITTEN */
    uint64_t mask = 0;
    long got = ioctl(shared->pagemaps[p], 0xc0606610u, argument);

    own(got < 0 ? -1 : 0);
    for (long i = 0; i < got; i++)
        for (uint64_t at = regions[i].start; at < regions[i].end; at += PAGE)
            mask |= 1ul << (at - (uintptr_t)AT(0)) / PAGE;
    if (got >= 0)
        last = (struct outcome){ SEES, mask };
}
