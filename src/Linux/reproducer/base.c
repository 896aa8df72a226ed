/* ---- threads that do what the program says, one command at a time ---- */

#pragma GCC diagnostic ignored "-Wunused-function"

enum { PAGE = 4096, PAGES = 16, PROCESSES = 4, THREADS = 8, HOLDERS = 8, BESIDE = 64 };
enum { T0, T1, T2, T3, T4, T5, T6, T7 }; /* T0 to T3: main threads of p0 to p3; T4 to T7: their second threads */
enum { P0, P1, P2, P3 };
enum command { CALL, LOAD, STORE, FORK, THREAD, TRANSFER, COPY_BETWEEN };

/* How a line went. FAILS: with an errno; GETS: a signal; SEES: what it read, or a mask of pages. */
enum how { ENDS, WAITS, FAILS, GETS, SEES, BUSY };
struct outcome { enum how how; uint64_t value; };

#define AT(page) ((char *)0x10000000000 + (page) * (long)PAGE)
#define BY(line) ((line) * 16 * 0x0101010101010101u) /* what line n stores */
#define ALSO(n) ((n) * 0x0101010101010101u)           /* ...in the n-th page after the first */

struct thread {
    unsigned asked, answered; /* futexes */
    int command, signal;
    long argument[7], result;
    uint64_t value;
    pid_t id;
    int waits;
    char buffer[PAGE] __attribute__((aligned(4096)));
};

static struct shared {
    struct thread threads[THREADS + HOLDERS];
    pid_t processes[PROCESSES];
    int pagemaps[PROCESSES], memories[PROCESSES];
    char source[PAGES][PAGE];
    uint64_t words[16];
    struct iovec vector;
} *shared;

static int userfaults[2] = { -1, -1 };
static struct outcome last;
static __thread sigjmp_buf behind;

static void fail(const char *what)
{
    fprintf(stderr, "%s: %s\n", what, strerror(errno));
    for (int p = 0; p < PROCESSES; p++)
        if (shared && shared->processes[p] > 0)
            kill(shared->processes[p], SIGKILL);
    exit(4);
}

static void on_fault(int signal)
{
    siglongjmp(behind, signal);
}

static void serve(struct thread *self);

static void *second_thread(void *self)
{
    serve(self);
    return NULL;
}

static void do_command(struct thread *self)
{
    long *a = self->argument;
    pthread_t ignored;
    long child;

    self->result = 0;
    self->value = 0;
    self->signal = sigsetjmp(behind, 1);
    if (self->signal)
        return;
    switch (self->command) {
    case CALL:
        self->result = syscall(a[0], a[1], a[2], a[3], a[4], a[5], a[6]);
        break;
    case LOAD:
        self->value = *(volatile uint64_t *)AT(a[0]);
        break;
    case STORE:
        *(volatile uint64_t *)AT(a[0]) = a[1];
        break;
    case FORK: /* descriptors are common to all */
        child = syscall(SYS_clone, CLONE_FILES | CLONE_PARENT | SIGCHLD, 0, 0, 0, 0);
        if (child == 0) /* whose memory `self` is in is its parent's, too */
            serve(&shared->threads[a[0]]);
        self->result = child;
        break;
    case THREAD:
        self->result = -pthread_create(&ignored, NULL, second_thread, &shared->threads[a[0]]);
        break;
    case TRANSFER: /* past the page cache: a[0] page, a[1] value, a[2] into memory, a[3] file */
        *(uint64_t *)self->buffer = a[1];
        if (a[2] && pwrite(a[3], self->buffer, PAGE, 0) != PAGE)
            fail("the file for direct I/O");
        self->result = a[2] ? pread(a[3], AT(a[0]), PAGE, 0) : pwrite(a[3], AT(a[0]), PAGE, 0);
        if (self->result == PAGE && pread(a[3], self->buffer, PAGE, 0) == PAGE)
            self->value = *(uint64_t *)self->buffer;
        break;
    case COPY_BETWEEN: {
        struct iovec near = { self->buffer, PAGE }, far = { AT(a[0]), PAGE };

        *(uint64_t *)self->buffer = a[1];
        self->result = a[2] ? process_vm_writev(getpid(), &near, 1, &far, 1, 0)
                            : process_vm_readv(getpid(), &near, 1, &far, 1, 0);
        self->value = *(uint64_t *)self->buffer;
        break;
    }
    }
    if (self->result < 0)
        self->result = -errno;
}

static void serve(struct thread *self)
{
    unsigned seen = self->answered;
    int index = self - shared->threads;

    if (index < PROCESSES) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        shared->pagemaps[index] = open("/proc/self/pagemap", O_RDONLY);
        shared->memories[index] = open("/proc/self/mem", O_RDWR);
    }
    __atomic_store_n(&self->id, syscall(SYS_gettid), __ATOMIC_RELEASE);
    for (;;) {
        while (__atomic_load_n(&self->asked, __ATOMIC_ACQUIRE) == seen)
            syscall(SYS_futex, &self->asked, FUTEX_WAIT, seen, NULL);
        seen = self->asked;
        do_command(self);
        __atomic_store_n(&self->answered, seen, __ATOMIC_RELEASE);
    }
}

static int has_answered(struct thread *thread)
{
    return __atomic_load_n(&thread->answered, __ATOMIC_ACQUIRE) == thread->asked;
}

static void ask(int t, enum command command, const long argument[7])
{
    struct thread *thread = &shared->threads[t];

    memcpy(thread->argument, argument, sizeof thread->argument);
    thread->command = command;
    __atomic_store_n(&thread->asked, thread->asked + 1, __ATOMIC_RELEASE);
    syscall(SYS_futex, &thread->asked, FUTEX_WAKE, 1);
}

/* What becomes of a command: it ends, or waits for whoever manages a userfaultfd. */
static void settle(int t)
{
    struct thread *thread = &shared->threads[t];
    long patience = userfaults[0] >= 0 || userfaults[1] >= 0 ? 100 : 3000; /* milliseconds */

    for (long i = 0; i < patience * 20 && !has_answered(thread); i++)
        i < 20 ? sched_yield() : usleep(50);
    thread->waits = !has_answered(thread);
    last = thread->waits ? (struct outcome){ WAITS, 0 }
         : thread->signal ? (struct outcome){ GETS, thread->signal }
         : thread->result < 0 ? (struct outcome){ FAILS, -thread->result }
         : (struct outcome){ ENDS, 0 };
}

/* Without a page of its own in this processor's batches nothing refers to a page but its mappings. */
static void drain_batches(void)
{
    static char page[2 * PAGE];

    madvise((void *)(((uintptr_t)page + PAGE) & -PAGE), PAGE, 20 /* MADV_COLD */);
}

static void command(int t, enum command what, const long argument[7])
{
    if (shared->threads[t].waits || shared->threads[t].id == 0) {
        last = (struct outcome){ BUSY, 0 };
        return;
    }
    ask(t, what, argument);
    settle(t);
    drain_batches();
}

#define CALL_OF(...) ((const long[7]){ __VA_ARGS__ })
#define call(t, ...) command(t, CALL, (const long[7]){ CALL_ARGUMENTS(__VA_ARGS__, 0, 0, 0, 0, 0, 0) })
#define CALL_ARGUMENTS(a, b, c, d, e, f, g, ...) \
    (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f), (long)(g)

/* What the program's own conductor does. */
static void own(long result)
{
    last = result < 0 ? (struct outcome){ FAILS, errno } : (struct outcome){ ENDS, 0 };
    drain_batches();
}

static void load(int t, int page)
{
    command(t, LOAD, CALL_OF(page));
    if (last.how == ENDS)
        last = (struct outcome){ SEES, shared->threads[t].value };
}

static void store(int t, int page, uint64_t value)
{
    command(t, STORE, CALL_OF(page, (long)value));
}

static void wait_until_there(int t)
{
    for (int i = 0; i < 20000 && !__atomic_load_n(&shared->threads[t].id, __ATOMIC_ACQUIRE); i++)
        usleep(100);
    if (!shared->threads[t].id)
        fail("a thread that does not begin");
}

static void fork_ended(int t)
{
    int child = shared->threads[t].argument[0];

    if (last.how != ENDS)
        return;
    shared->processes[child] = shared->threads[t].result;
    wait_until_there(child);
}

static void fork_process(int t, int child)
{
    command(t, FORK, CALL_OF(child));
    fork_ended(t);
}

static int reads(const struct thread *thread)
{
    return thread->command == LOAD
        || ((thread->command == TRANSFER || thread->command == COPY_BETWEEN) && !thread->argument[2]);
}

/* A thread that waited: has it ended now? */
static void look_at(int t)
{
    struct thread *thread = &shared->threads[t];

    settle(t);
    if (thread->command == FORK)
        fork_ended(t);
    else if (last.how == ENDS && reads(thread))
        last = (struct outcome){ SEES, thread->value };
}

static void start_second_thread(int p)
{
    command(p, THREAD, CALL_OF(p + PROCESSES));
    wait_until_there(p + PROCESSES);
}

static void end_process(int p)
{
    if (shared->processes[p] <= 0)
        fail("a process that was never there");
    kill(shared->processes[p], SIGKILL);
    waitpid(shared->processes[p], NULL, __WALL);
    shared->processes[p] = 0;
    for (int t = p; t < THREADS; t += PROCESSES) {
        struct thread *thread = &shared->threads[t];

        thread->id = 0;
        thread->waits = 0;
        thread->answered = thread->asked;
    }
    own(0);
}

/* ---- what must come, and what comes with the bug ---- */

static void (*give_back)(void); /* what keeps a process from ending */
static void finish(void);

static void print_outcome(struct outcome outcome)
{
    static const char *const words[] = { "ends", "waits", "fails", "gets", "sees", "cannot begin" };

    printf("%s", words[outcome.how]);
    if (outcome.how == FAILS)
        printf(": %s", strerror(outcome.value));
    else if (outcome.how == GETS)
        printf(" %s", strsignal(outcome.value));
    else if (outcome.how == SEES)
        printf(" 0x%llx", (unsigned long long)outcome.value);
}

static void line(int number, const char *text)
{
    printf("%3d  %-44s ", number, text);
    fflush(stdout);
}

static void also(const char *text)
{
    printf("     %-44s ", text);
}

static void verdict(int code, const char *words)
{
    printf("%s\n", words);
    finish();
    exit(code);
}

static int is_last(enum how how, uint64_t value)
{
    return last.how == how && last.value == value;
}

/* After a line that goes the same way with the bug and without it. */
static void must(enum how how, uint64_t value)
{
    print_outcome(last);
    printf("\n");
    if (is_last(how, value))
        return;
    printf("     expected, with the bug and without it: ");
    print_outcome((struct outcome){ how, value });
    printf("\n");
    verdict(3, "This kernel goes another way altogether.");
}

/* The line that tells. */
static void tells(enum how without, uint64_t value, enum how with, uint64_t value_with)
{
    print_outcome(last);
    printf("\n     a kernel without the bug: ");
    print_outcome((struct outcome){ without, value });
    printf("; with it: ");
    print_outcome((struct outcome){ with, value_with });
    printf("\n");
    if (is_last(without, value))
        verdict(0, "This kernel does not show the bug.");
    if (is_last(with, value_with))
        verdict(1, "THIS KERNEL HAS THE BUG.");
    verdict(3, "This kernel does neither.");
}

/* Where no kernel without the bug is known, and all lines have gone as on the model. */
static void agrees(void)
{
    verdict(1, "This kernel does all that the model does, which violates the rule.");
}

static void begin(void)
{
    cpu_set_t one;
    struct sigaction action = { .sa_handler = on_fault, .sa_flags = SA_NODEFER };
    pid_t first;

    CPU_ZERO(&one);
    CPU_SET(0, &one);
    sched_setaffinity(0, sizeof one, &one); /* what is advised must meet what this processor has in its batches */
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED)
        fail("memory");
    sigaction(SIGSEGV, &action, NULL);
    sigaction(SIGBUS, &action, NULL);
    setvbuf(stdout, NULL, _IOLBF, 0);
    first = syscall(SYS_clone, CLONE_FILES | SIGCHLD, 0, 0, 0, 0);
    if (first == 0)
        serve(&shared->threads[0]);
    if (first < 0)
        fail("clone");
    shared->processes[0] = first;
    wait_until_there(0);
    /* A page beside the program's, so that their page table is there. */
    call(T0, SYS_mmap, AT(BESIDE), PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    store(T0, BESIDE, 1);
}

static void finish(void)
{
    if (give_back)
        give_back();
    for (int u = 0; u < 2; u++)
        if (userfaults[u] >= 0)
            close(userfaults[u]);
    for (int p = 0; p < PROCESSES; p++)
        if (shared->processes[p])
            end_process(p);
}
