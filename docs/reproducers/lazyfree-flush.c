// Shows a thread that reads old content after another thread has stored new content and woken it (docs/findings.md,
// lazyfree-flush). Needs two CPUs, the right to use SCHED_FIFO, and memory for a thousand small processes.
// Build: gcc -O2 -pthread -o lazyfree-flush lazyfree-flush.c      Run: ./lazyfree-flush [rounds] [processes]
//
// CPU 1 reads page 0, so that it has a translation, and reclaims it with its neighbours. The processes map nothing there
// but are looked at for each page, which makes reclaim slow. CPU 0 waits until the entry of page 0 is empty, stores to
// it, and wakes a thread of higher priority on CPU 1, which reads it: in the middle of reclaim, before its flush.
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef MADV_PAGEOUT
#define MADV_PAGEOUT 21
#endif

enum { PAGE = 4096, PAGES = 31, WORDS = PAGE / sizeof(uint64_t), PATIENCE = 3000 }; // 31: reclaim flushes that often

static volatile uint64_t *memory;
static volatile uint64_t wanted, seen;
static volatile int round_begun, round_read, stored; // stored: 1 for yes, 2 for gave up
static int *wake_up;
static int pagemap;

static void run_on(int cpu)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(cpu, &set);
    sched_setaffinity(0, sizeof set, &set);
}

static int is_present(void)
{
    uint64_t entry = 0;
    if (pread(pagemap, &entry, sizeof entry, (uintptr_t)memory / PAGE * sizeof entry) != sizeof entry)
        exit(3);
    return entry >> 63;
}

static void *reader(void *unused)
{
    struct sched_param priority = { .sched_priority = 50 };
    run_on(1);
    if (sched_setscheduler(0, SCHED_FIFO, &priority))
        perror("SCHED_FIFO");
    for (int last = 0;;) {
        syscall(SYS_futex, wake_up, FUTEX_WAIT, last, NULL, NULL, 0);
        int now = __atomic_load_n(wake_up, __ATOMIC_SEQ_CST);
        if (now != last) {
            seen = memory[0];
            __atomic_store_n(&round_read, last = now, __ATOMIC_SEQ_CST);
        }
    }
    return unused;
}

static void *writer(void *unused)
{
    run_on(0);
    for (int mine = 0;;) {
        while (round_begun == mine)
            ;
        mine = round_begun;
        int tries = 0;
        while (is_present() && tries < PATIENCE)
            tries++;
        if (tries < PATIENCE) {
            memory[0] = wanted;
            __atomic_store_n(wake_up, mine, __ATOMIC_SEQ_CST);
            syscall(SYS_futex, wake_up, FUTEX_WAKE, 1, NULL, NULL, 0);
        }
        stored = tries < PATIENCE ? 1 : 2;
    }
    return unused;
}

static void make_processes(int count)
{
    int ready[2];
    char byte;
    if (pipe(ready))
        exit(3);
    for (int i = 0; i < count; i++) {
        if (fork() == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            madvise((void *)memory, PAGES * PAGE, MADV_DONTNEED); // in the way of reclaim, but not mapped
            if (write(ready[1], "x", 1) == 1)
                pause();
            _exit(0);
        }
    }
    for (int i = 0; i < count; i++)
        if (read(ready[0], &byte, 1) != 1)
            exit(3);
}

int main(int argc, char **argv)
{
    int rounds = argc > 1 ? atoi(argv[1]) : 2000, stale = 0, fresh = 0, kept = 0;
    pthread_t thread;
    run_on(1);
    memory = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    wake_up = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pagemap = open("/proc/self/pagemap", O_RDONLY);
    madvise((void *)memory, PAGES * PAGE, MADV_NOHUGEPAGE);
    for (int page = 0; page < PAGES; page++)
        memory[page * WORDS] = 1;
    make_processes(argc > 2 ? atoi(argv[2]) : 1000);
    pthread_create(&thread, NULL, reader, NULL);
    pthread_create(&thread, NULL, writer, NULL);
    usleep(10000);
    for (int round = 1; round <= rounds; round++) {
        for (int page = 0; page < PAGES; page++)
            memory[page * WORDS] = 1000000 + round;
        wanted = 2000000 + round;
        stored = 0;
        madvise((void *)memory, PAGES * PAGE, MADV_FREE);
        (void)memory[0];
        round_begun = round;
        madvise((void *)memory, PAGES * PAGE, MADV_PAGEOUT);
        while (!stored)
            ;
        while (stored == 1 && round_read != round)
            usleep(10);
        kept += stored == 2;
        fresh += stored == 1 && seen == wanted;
        if (stored == 1 && seen != wanted && stale++ < 3)
            printf("round %d: read %lu after %lu was stored\n", round, (unsigned long)seen, (unsigned long)wanted);
    }
    printf("%d rounds: read what was stored %d, stale %d, page not discarded %d\n", rounds, fresh, stale, kept);
    return stale > 0;
}
