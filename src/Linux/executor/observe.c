/*
 * What the kernel says of the pages of every process: /proc/PID/pagemap, and of the pages that are there
 * /proc/kpageflags and /proc/kpagecount. Each page becomes one word (protocol.h). Looking changes nothing.
 * Not covered: the bytes of pages, which only operations read.
 */
#include "server.h"

#define PM_PRESENT (1UL << 63)
#define PM_SWAP (1UL << 62)
#define PM_FILE (1UL << 61)
#define PM_GUARD (1UL << 58)
#define PM_UFFD_WP (1UL << 57)
#define PM_MAPPED_ONCE (1UL << 56)
#define PM_FRAME ((1UL << 55) - 1)

enum { KPF_ANON = 12, KPF_SWAPCACHE = 13, KPF_HUGE = 17, KPF_KSM = 21, KPF_THP = 22, KPF_ZERO_PAGE = 24,
       KPF_ANON_EXCLUSIVE = 34 };

void observe_open(void)
{
    server.kpageflags = (int)SYS3(open, "/proc/kpageflags", OPEN_RDONLY | OPEN_CLOEXEC, 0);
    server.kpagecount = (int)SYS3(open, "/proc/kpagecount", OPEN_RDONLY | OPEN_CLOEXEC, 0);
    server.pages_readable = server.kpageflags >= 0 && server.kpagecount >= 0;
}

static u64 flag(int on, u64 word)
{
    return on ? word << PAGE_NUMBER_BITS : 0;
}

static u64 describe_frame(u64 frame)
{
    u64 flags = 0;
    u64 count = 0;
    int anon;

    if (!server.pages_readable || frame == 0)
        return 0;
    SYS4(pread64, server.kpageflags, &flags, sizeof(flags), frame * sizeof(u64));
    if (flags >> KPF_ZERO_PAGE & 1)
        return flag(1, PAGE_ZERO);
    SYS4(pread64, server.kpagecount, &count, sizeof(count), frame * sizeof(u64));
    anon = flags >> KPF_ANON & 1;
    return (count > 255 ? 255 : count) << PAGE_MAPCOUNT_SHIFT | flag(anon, PAGE_ANON)
        | flag(anon && (flags >> KPF_ANON_EXCLUSIVE & 1), PAGE_ANON_EXCLUSIVE)
        | flag(flags >> KPF_SWAPCACHE & 1, PAGE_SWAP_CACHE) | flag(flags >> KPF_KSM & 1, PAGE_KSM)
        | flag((flags >> KPF_THP | flags >> KPF_HUGE) & 1, PAGE_HUGE);
}

static u64 describe(u64 entry)
{
    u64 word = flag((entry & PM_UFFD_WP) != 0, PAGE_UFFD_WP) | flag((entry & PM_GUARD) != 0, PAGE_GUARD);

    if (entry & PM_PRESENT) {
        u64 frame = entry & PM_FRAME;

        return word | flag(1, PAGE_PRESENT) | flag((entry & PM_FILE) != 0, PAGE_FILE)
            | flag((entry & PM_MAPPED_ONCE) != 0, PAGE_MAPPED_ONCE) | describe_frame(frame)
            | (frame & ((1UL << PAGE_NUMBER_BITS) - 1));
    }
    if (entry & PM_SWAP)
        word |= flag(1, PAGE_SWAP) | (entry & ((1UL << PAGE_NUMBER_BITS) - 1));
    return word;
}

/* What page frame a page of a process is in; 0 for none of its own. */
u64 frame_of_page(int process, int page)
{
    u64 entry = 0, flags = 0;
    u64 frame;

    SYS4(pread64, shared->processes[process].pagemap, &entry, sizeof(entry),
         (WINDOW / PAGE + (u64)page) * sizeof(u64));
    frame = entry & PM_PRESENT ? entry & PM_FRAME : 0;
    if (frame != 0 && server.pages_readable)
        SYS4(pread64, server.kpageflags, &flags, sizeof(flags), frame * sizeof(u64));
    return flags >> KPF_ZERO_PAGE & 1 ? 0 : frame;
}

/* A mask of the processes that live; of each, a mask of the pages with something to say, and their words. */
void report_pages(struct reply *reply)
{
    u64 entries[PAGES];
    u8 live = 0;
    int p, page;

    for (p = 0; p < PROCESSES; p++)
        live |= (u8)(shared->processes[p].live != 0 && is_ready(p) ? 1 << p : 0);
    reply_byte(reply, live);
    for (p = 0; p < PROCESSES; p++) {
        unsigned long at = reply->used;
        u16 mask = 0;

        if ((live >> p & 1) == 0)
            continue;
        reply_bytes(reply, &mask, sizeof(mask));
        memset(entries, 0, sizeof(entries));
        SYS4(pread64, shared->processes[p].pagemap, entries, sizeof(entries), WINDOW / PAGE * sizeof(u64));
        for (page = 0; page < PAGES; page++) {
            u64 word = describe(entries[page]);

            if (word == 0)
                continue;
            mask |= (u16)(1 << page);
            reply_bytes(reply, &word, sizeof(word));
        }
        memcpy(reply->start + at, &mask, sizeof(mask));
    }
}

struct scan_region {
    u64 start, end, categories;
};

struct scan_argument {
    u64 size, flags, start, end, walk_end, vector, vector_length, max_pages;
    u64 category_inverted, category_mask, category_anyof_mask, return_mask;
};

/* PAGEMAP_SCAN for written pages: the value is a mask of those that are reported. */
void do_scan(const struct operation *op, struct result *result)
{
    enum { SCAN = (int)0xc0606610, WP_MATCHING = 1, CHECK_WPASYNC = 2, WRITTEN = 2 };
    struct scan_region regions[PAGES];
    struct scan_argument scan;
    long got, i;
    u64 page;

    memset(&scan, 0, sizeof(scan));
    scan.size = sizeof(scan);
    scan.flags = (op->flags & FLAG_PROTECT ? WP_MATCHING : 0) | (op->flags & FLAG_CHECK ? CHECK_WPASYNC : 0);
    scan.start = (u64)window_page(op->page);
    scan.end = scan.start + op->length * PAGE;
    scan.vector = (u64)regions;
    scan.vector_length = PAGES;
    scan.category_mask = WRITTEN;
    scan.return_mask = WRITTEN;
    got = SYS3(ioctl, shared->processes[op->process].pagemap, (u32)SCAN, &scan);
    result_of_call(result, got);
    result->values[0] = 0;
    result->count = 1;
    for (i = 0; i < got; i++) {
        for (page = regions[i].start; page < regions[i].end; page += PAGE)
            result->values[0] |= 1UL << ((page - WINDOW) / PAGE);
    }
}
