// Shows that PAGEMAP_SCAN's write-protection is lost where a page is being moved (docs/findings.md, scan-migration).
// Needs root, two CPUs, Linux 6.7 or later, and memory that can be taken offline: two blocks of it are made movable and
// given back. Build: gcc -O2 -pthread -o scan-migration scan-migration.c      Run: ./scan-migration [seconds [still]]
//
// CPU 1 takes the block of memory offline in which the pages lie, again and again. CPU 0 stores to each page, protects
// them all with PAGEMAP_SCAN, and looks at pagemap: nobody has stored since, so each must be protected (bit 57). With
// `still` nothing is moved.
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { PAGE = 4096, PAGES = 4096, BLOCKS = 2, MOST_BLOCKS = 4096 };
struct region { uint64_t start, end, categories; };
struct scan { uint64_t size, flags, start, end, walk_end, vec, vec_len, max_pages, inverted, mask, anyof, returned; };
#define SCAN 0xc0606610u
#define ANY_FEATURES (1ull << 15 | 1ull << 13) // WP_ASYNC, WP_UNPOPULATED

static volatile char *memory;
static int pagemap, over, taken;
static long pages_of_block, blocks[BLOCKS];

static uint64_t entry_of(int page)
{
    uint64_t entry = 0;
    if (pread(pagemap, &entry, 8, ((uintptr_t)memory / PAGE + page) * 8) != 8)
        exit(3);
    return entry;
}

static int say(long block, const char *what)
{
    char path[96];
    snprintf(path, sizeof path, "/sys/devices/system/memory/memory%ld/state", block);
    int fd = open(path, O_WRONLY);
    ualarm(300000, 300000); // the kernel tries for ever to move what cannot be moved
    int done = fd >= 0 && write(fd, what, strlen(what)) > 0;
    ualarm(0, 0);
    if (fd >= 0)
        close(fd);
    return done;
}

static void nothing(int signal) { (void)signal; }

static void give_back(void)
{
    over = 1;
    if (memory)
        munmap((void *)memory, PAGES * PAGE);
    for (; taken > 0; taken--)
        if (!(say(blocks[taken - 1], "offline") && say(blocks[taken - 1], "online_kernel")))
            fprintf(stderr, "memory%ld is not given back\n", blocks[taken - 1]);
}

static void leave(int signal)
{
    (void)signal;
    exit(3);
}

static int is_movable(long block)
{
    char path[96], text[16] = "";
    snprintf(path, sizeof path, "/sys/devices/system/memory/memory%ld/valid_zones", block);
    int fd = open(path, O_RDONLY);
    int is = fd >= 0 && read(fd, text, sizeof text - 1) > 0 && !strncmp(text, "Movable", 7);
    close(fd);
    return is;
}

static void run_on(int cpu)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(cpu, &set);
    sched_setaffinity(0, sizeof set, &set);
}

static void *mover(void *unused)
{
    run_on(1);
    while (!over) {
        long block = (entry_of(0) & ((1ull << 55) - 1)) / pages_of_block;
        if ((block == blocks[0] || block == blocks[1]) && say(block, "offline"))
            say(block, "online_movable");
    }
    return unused;
}

static void protect_all(void)
{
    static struct region regions[PAGES];
    struct scan scan = { sizeof scan, 3, (uintptr_t)memory, (uintptr_t)memory + PAGES * PAGE, 0,
                         (uintptr_t)regions, PAGES, 0, 0, 2, 0, 2 }; // WP_MATCHING, CHECK_WPASYNC; WRITTEN
    if (ioctl(pagemap, SCAN, &scan) < 0) {
        perror("PAGEMAP_SCAN");
        exit(3);
    }
}

int main(int count, char **words)
{
    long rounds = 0, lost = 0;
    time_t end;
    pthread_t thread;
    struct uffdio_api api = { .api = UFFD_API, .features = ANY_FEATURES };
    struct sigaction action = { .sa_handler = nothing };
    char text[32] = "";
    int fd = open("/sys/devices/system/memory/block_size_bytes", O_RDONLY);

    if (fd < 0 || read(fd, text, sizeof text - 1) <= 0)
        return fprintf(stderr, "this kernel's memory cannot be taken offline\n"), 2;
    pages_of_block = strtol(text, NULL, 16) / PAGE;
    sigaction(SIGALRM, &action, NULL);
    signal(SIGINT, leave);
    signal(SIGTERM, leave);
    atexit(give_back);
    for (long block = 4; taken < BLOCKS && block < MOST_BLOCKS; block++) {
        if (is_movable(block) || !say(block, "offline"))
            continue;
        blocks[taken++] = block;
        if (!say(block, "online_movable"))
            return fprintf(stderr, "memory%ld does not become movable\n", block), 2;
    }
    run_on(0);
    pagemap = open("/proc/self/pagemap", O_RDONLY);
    memory = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    madvise((void *)memory, PAGES * PAGE, MADV_NOHUGEPAGE);
    memset((void *)memory, 1, PAGES * PAGE);
    int uffd = syscall(SYS_userfaultfd, O_CLOEXEC | UFFD_USER_MODE_ONLY);
    struct uffdio_register range = { .range = { (uintptr_t)memory, PAGES * PAGE },
                                     .mode = UFFDIO_REGISTER_MODE_WP };
    if (taken < BLOCKS || ioctl(uffd, UFFDIO_API, &api) || ioctl(uffd, UFFDIO_REGISTER, &range))
        return perror("setting up"), 2;
    if (count < 3)
        pthread_create(&thread, NULL, mover, NULL);
    sigset_t alarms; // are the mover's: nobody else waits in the kernel for memory to become free
    sigemptyset(&alarms);
    sigaddset(&alarms, SIGALRM);
    pthread_sigmask(SIG_BLOCK, &alarms, NULL);
    end = time(NULL) + (count > 1 ? atoi(words[1]) : 20);
    for (; time(NULL) < end; rounds++) {
        for (int page = 0; page < PAGES; page++)
            memory[page * PAGE] = (char)rounds;
        protect_all();
        usleep(2000); // what was being moved is there again
        for (int page = 0; page < PAGES; page++)
            if (!(entry_of(page) >> 57 & 1)) {
                if (lost++ < 5)
                    printf("round %ld: page %d is not protected any more, and nobody stored to it\n", rounds, page);
            }
    }
    over = 1;
    if (count < 3)
        pthread_join(thread, NULL);
    pthread_sigmask(SIG_UNBLOCK, &alarms, NULL);
    printf("%ld rounds of %d pages: %ld times protection was lost\n", rounds, PAGES, lost);
    return lost != 0;
}
