// Shows that punching a hole can take userfaultfd's write-protection away (docs/findings.md, hole-marker).
// Needs two CPUs and Linux 5.19 or later. Build: gcc -O2 -o hole-marker hole-marker.c
// Run: ./hole-marker [seconds [alone]]
//
// The parent, on CPU 0, protects page 0 of a memfd and punches a hole there: a marker must stay (pagemap bit 57). The
// child, on CPU 1, reads page 1 again and again, which maps page 0 besides as long as the file has it (fault-around).
// With `alone` there is no child.
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/falloc.h>
#include <linux/userfaultfd.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { PAGE = 4096, PAGES = 2 };

static void run_on(int cpu)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(cpu, &set);
    sched_setaffinity(0, sizeof set, &set);
}

static char *map(int file)
{
    return mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
}

static void read_beside(volatile char *memory)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    run_on(1);
    for (;;) {
        madvise((void *)memory, PAGES * PAGE, MADV_DONTNEED);
        (void)memory[PAGE];
    }
}

int main(int count, char **words)
{
    int file = memfd_create("hole-marker", MFD_CLOEXEC);
    int uffd = syscall(SYS_userfaultfd, O_CLOEXEC | UFFD_USER_MODE_ONLY);
    int pagemap = open("/proc/self/pagemap", O_RDONLY);
    struct uffdio_api api = { .api = UFFD_API, .features = UFFD_FEATURE_WP_HUGETLBFS_SHMEM };
    long rounds = 0, lost = 0;
    time_t end;

    if (ftruncate(file, PAGES * PAGE))
        return 2;
    char *memory = map(file);
    struct uffdio_register range = { .range = { (uintptr_t)memory, PAGES * PAGE },
                                     .mode = UFFDIO_REGISTER_MODE_WP };
    if (ioctl(uffd, UFFDIO_API, &api) || ioctl(uffd, UFFDIO_REGISTER, &range))
        return perror("setting up"), 2;
    memory[PAGE] = 1;
    pid_t child = count > 2 ? 0 : fork();
    if (count <= 2 && child == 0)
        read_beside(map(file));
    run_on(0);
    end = time(NULL) + (count > 1 ? atoi(words[1]) : 20);
    for (; time(NULL) < end; rounds++) {
        struct uffdio_writeprotect protect = { .range = { (uintptr_t)memory, PAGE } };
        uint64_t entry = 0;

        ioctl(uffd, UFFDIO_WRITEPROTECT, &protect); // none of the round before
        *(volatile char *)memory = (char)rounds;
        protect.mode = UFFDIO_WRITEPROTECT_MODE_WP;
        if (ioctl(uffd, UFFDIO_WRITEPROTECT, &protect))
            return perror("UFFDIO_WRITEPROTECT"), 2;
        if (fallocate(file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, PAGE))
            return perror("fallocate"), 2;
        if (pread(pagemap, &entry, sizeof entry, (uintptr_t)memory / PAGE * sizeof entry) != sizeof entry)
            return 3;
        if (!(entry >> 57 & 1) && lost++ < 5)
            printf("round %ld: page 0 is not protected any more: %016lx\n", rounds, (unsigned long)entry);
    }
    if (child > 0)
        kill(child, SIGKILL);
    printf("%ld rounds: %ld times protection was lost\n", rounds, lost);
    return lost != 0;
}
