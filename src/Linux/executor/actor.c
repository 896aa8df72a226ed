/*
 * A thread of a process of the program: waits for a command in shared memory, obeys, says what came of it. What it
 * does is nearly always one system call that the server chose; faults are caught where it touches memory itself.
 * Not covered: which commands an operation takes (server.c, memory.c).
 */
#include "arena.h"

#include <linux/futex.h>
#include <linux/prctl.h>
#include <linux/sched.h>
#include <linux/signal.h>
#include <asm/sigcontext.h>
#include <asm/ucontext.h>

long access_load(const u64 *address);
long access_store(u64 *address, u64 value);
extern char access_load_at[], access_store_at[], access_failed[], signal_return[];

__asm__(".text\n"
        "access_load: access_load_at: mov (%rdi), %rax\n ret\n"
        "access_store: access_store_at: mov %rsi, (%rdi)\n"
        "access_failed: ret\n"
        ".globl signal_return\n"
        "signal_return: mov $15, %eax\n syscall\n");

static struct actor *current_actor(void)
{
    u64 here = (u64)__builtin_frame_address(0);

    return &shared->actors[(here - (u64)shared->stacks) / STACK_SIZE];
}

/* A fault on one of the two instructions above ends the access; any other is a defect of the executor. */
static void on_fault(int signal, siginfo_t *info, void *context)
{
    struct ucontext *user = context;
    struct actor *self = current_actor();
    u64 at = user->uc_mcontext.rip;

    if (at != (u64)access_load_at && at != (u64)access_store_at)
        fail("unexpected signal", signal);
    self->signal = (u32)signal;
    self->signal_code = (u32)info->si_code;
    user->uc_mcontext.rip = (u64)access_failed;
}

void actor_install_handlers(void)
{
    static const int signals[] = { SIGSEGV, SIGBUS };
    struct sigaction action;
    unsigned int i;

    memset(&action, 0, sizeof(action));
    action.sa_handler = (__sighandler_t)(void *)on_fault;
    action.sa_flags = SA_SIGINFO | SA_NODEFER | SA_RESTORER;
    action.sa_restorer = (__sigrestore_t)(void *)signal_return;
    for (i = 0; i < ARRAY_COUNT(signals); i++)
        SYS4(rt_sigaction, signals[i], &action, NULL, sizeof(action.sa_mask));
}

static void answer(struct actor *self)
{
    __atomic_store_n(&self->answered, self->asked, __ATOMIC_RELEASE);
}

static u64 load(struct actor *self, int page)
{
    self->signal = 0;
    return (u64)access_load(window_page(page));
}

static void sweep(struct actor *self)
{
    int page;

    for (page = 0; page < PAGES; page++) {
        if ((self->argument[0] >> page & 1) == 0)
            continue;
        self->values[page] = load(self, page);
        if (self->signal != 0)
            self->values[page] = ~0UL;
    }
}

/* So that the server can tell waiting for a manager from waiting for anything else: by whether the actor has run. */
static void count_runs(struct actor *self)
{
    if (self->runs == 0)
        self->runs = (int)SYS3(open, "/proc/thread-self/schedstat", OPEN_RDONLY | OPEN_CLOEXEC, 0) + 1;
}

/*
 * A page from or to a file of the actor's own, past the page cache. The value goes to the disk, and comes from it, in
 * a second transfer, of shared memory. Who waits here waits for a manager or for the disk.
 */
static void transfer_direct(struct actor *self, int fd, int page, u64 value, int write)
{
    u8 *own = shared->transfer[self->index];

    count_runs(self);
    *(u64 *)own = value;
    if (write && SYS4(pwrite64, fd, own, PAGE, 0) != (long)PAGE) {
        self->result = -ERR_IO;
        return;
    }
    self->result = write ? SYS4(pread64, fd, window_page(page), PAGE, 0)
                         : SYS4(pwrite64, fd, window_page(page), PAGE, 0);
    /*
     * Who waits for a transfer is woken before its page is given back, perhaps on another processor: one more transfer
     * comes to its end behind that.
     */
    if (self->result >= 0 && SYS4(pread64, fd, own, PAGE, 0) != (long)PAGE)
        self->result = -ERR_IO;
    self->value = *(u64 *)own;
}

static void transfer_by_process(struct actor *self, int page, u64 value, int write)
{
    u8 *own = shared->transfer[self->index];
    struct io_vector near = { own, PAGE };
    struct io_vector far = { window_page(page), PAGE };
    long pid = SYS0(getpid);

    *(u64 *)own = value;
    self->result = write ? SYS6(process_vm_writev, pid, &near, 1, &far, 1, 0)
                         : SYS6(process_vm_readv, pid, &near, 1, &far, 1, 0);
    self->value = *(u64 *)own;
}

static void obey(struct actor *self)
{
    long *a = self->argument;

    self->signal = 0;
    self->value = 0;
    self->result = 0;
    switch (self->kind) {
    case COMMAND_CALL:
        if (sleeps(self))
            count_runs(self);
        self->result = sys(a[0], a[1], a[2], a[3], a[4], a[5], a[6]);
        break;
    case COMMAND_LOAD:
        self->value = load(self, (int)a[0]);
        break;
    case COMMAND_STORE:
        access_store(window_page((int)a[0]), (u64)a[1]);
        break;
    case COMMAND_FORK:
        self->result = actor_clone(CLONE_FILES | CLONE_FS | CLONE_PARENT, (int)a[0]);
        break;
    case COMMAND_THREAD:
        self->result = actor_clone(
            CLONE_VM | CLONE_FILES | CLONE_FS | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM, (int)a[0]);
        break;
    case COMMAND_SWEEP:
        sweep(self);
        break;
    case COMMAND_DIRECT_IO:
        transfer_direct(self, (int)a[3], (int)a[0], (u64)a[1], (int)a[2]);
        break;
    case COMMAND_PROCESS_VM:
        transfer_by_process(self, (int)a[0], (u64)a[1], (int)a[2]);
        break;
    case COMMAND_EXIT:
        SYS1(exit_group, 0);
        break;
    default:
        self->result = -ERR_NOSYS;
        break;
    }
}

static void introduce(struct actor *self)
{
    struct process *process = &shared->processes[self->index & 3];

    self->tid = (u32)SYS0(gettid);
    if (self->runs > 0)
        SYS1(close, self->runs - 1); /* of who had this place before */
    self->runs = 0;
    if (self->index < PROCESSES) {
        SYS5(prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0); /* without a PID namespace nobody else would end it */
        if (SYS0(getppid) != shared->server)
            SYS1(exit_group, 3);
        process->pagemap = (int)SYS3(open, "/proc/self/pagemap", OPEN_RDONLY | OPEN_CLOEXEC, 0);
        process->memory = -1;
    }
    __atomic_store_n(&self->ready, 1, __ATOMIC_RELEASE);
}

__attribute__((noreturn, used)) static void actor_main(struct actor *self)
{
    u32 seen = self->answered;

    if (self->index < ACTORS)
        introduce(self);
    for (;;) {
        while (__atomic_load_n(&self->asked, __ATOMIC_ACQUIRE) == seen)
            SYS4(futex, &self->asked, FUTEX_WAIT, seen, NULL);
        seen = self->asked;
        obey(self);
        answer(self);
        if (self->index >= ACTORS)
            SYS1(exit, 0);
    }
}

/* The new thread, or process, begins on its own stack in the arena and never returns from here. */
long actor_clone(unsigned long flags, int index)
{
    struct actor *child = &shared->actors[index];
    u8 *stack = shared->stacks[index] + STACK_SIZE - 64;
    register struct actor *given __asm__("r12") = child;
    register long r10 __asm__("r10") = 0;
    register long r8 __asm__("r8") = 0;
    long result;

    child->index = (u32)index;
    child->ready = 0;
    child->signal = 0;
    if (index < ACTORS)
        child->asked = child->answered; /* a helper has its command already */
    __asm__ volatile("syscall\n"
                     "test %%rax, %%rax\n"
                     "jnz 1f\n"
                     "xor %%ebp, %%ebp\n"
                     "mov %%r12, %%rdi\n"
                     "call actor_main\n"
                     "1:\n"
                     : "=a"(result)
                     : "a"(__NR_clone), "D"(flags), "S"(stack), "d"(0), "r"(r10), "r"(r8), "r"(given)
                     : "rcx", "r11", "memory");
    return result;
}
