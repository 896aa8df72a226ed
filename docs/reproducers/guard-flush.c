// Shows that MADV_GUARD_INSTALL can return while the page can still be read (docs/findings.md, guard-flush).
// Needs two CPUs and Linux 6.13 or later. Build: gcc -O1 -pthread -o guard-flush guard-flush.c
// Run: ./guard-flush [seconds [alone]]
//
// One thread, on CPU 1, gives up 256 pages with MADV_DONTNEED, which flushes when all entries are clear. The other, on
// CPU 0, has the first of them in its TLB, installs a guard there meanwhile, and reads: it must get SIGSEGV.
// With `alone` nobody gives anything up.
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>

#ifndef MADV_GUARD_INSTALL
#define MADV_GUARD_INSTALL 102
#define MADV_GUARD_REMOVE 103
#endif

enum { PAGE = 4096, PAGES = 256 };

static char *memory;
static atomic_long asked, done;
static sigjmp_buf behind;

static void run_on(int cpu)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(cpu, &set);
    sched_setaffinity(0, sizeof set, &set);
}

static void stopped(int signal)
{
    siglongjmp(behind, signal);
}

static void *give_up(void *unused)
{
    run_on(1);
    for (;;) {
        while (atomic_load(&asked) == atomic_load(&done))
            ;
        madvise(memory, PAGES * PAGE, MADV_DONTNEED);
        atomic_fetch_add(&done, 1);
    }
    return unused;
}

int main(int count, char **words)
{
    time_t end = time(NULL) + (count > 1 ? atoi(words[1]) : 10);
    volatile long rounds = 0, passed = 0;
    pthread_t thread;

    memory = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    madvise(memory, PAGES * PAGE, MADV_NOHUGEPAGE);
    signal(SIGSEGV, stopped);
    run_on(0);
    if (count <= 2)
        pthread_create(&thread, NULL, give_up, NULL);
    for (; time(NULL) < end; rounds++) {
        for (int page = 0; page < PAGES; page++)
            memory[page * PAGE] = 1;
        if (count <= 2)
            atomic_fetch_add(&asked, 1);
        for (volatile int wait = rand() % 3000; wait > 0; wait--)
            ;
        (void)*(volatile char *)memory;
        if (madvise(memory, PAGE, MADV_GUARD_INSTALL))
            return perror("MADV_GUARD_INSTALL"), 2;
        if (sigsetjmp(behind, 1) == 0) {
            (void)*(volatile char *)memory;
            passed++;
        }
        while (atomic_load(&asked) != atomic_load(&done))
            ;
        madvise(memory, PAGE, MADV_GUARD_REMOVE);
    }
    printf("%ld rounds: %ld times a load got past the guard\n", rounds, passed);
    return passed != 0;
}
