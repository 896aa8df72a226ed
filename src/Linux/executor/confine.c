/*
 * What keeps the executor to itself: its own processes, mounts and session, one processor, no core files, and an end
 * together with whoever started it. Not covered: settings of the whole system, which only the guard changes (guard.c),
 * apart from memory that it has made movable (block.c).
 */
#include "server.h"

#include <linux/fs.h>
#include <linux/mount.h>
#include <linux/prctl.h>
#include <linux/resource.h>
#include <linux/sched.h>
#include <linux/signal.h>

enum { PARENT_PATIENCE_MILLISECONDS = 100, LOOK_MILLISECONDS = 250 };

void pin_to_processor(int cpu)
{
    u64 mask[16];

    memset(mask, 0, sizeof(mask));
    mask[cpu / 64] = 1UL << (cpu % 64);
    if (SYS3(sched_setaffinity, 0, sizeof(mask), mask) < 0)
        fail("this processor may not be used", cpu);
}

/* The calling thread before all ordinary ones; children inherit it. */
int become_realtime(void)
{
    enum { FIRST_IN_FIRST_OUT = 1 };
    int priority = 1;

    return SYS3(sched_setscheduler, 0, FIRST_IN_FIRST_OUT, &priority) == 0;
}

static void limit(void)
{
    struct rlimit64 none = { 0, 0 };

    SYS4(prlimit64, 0, RLIMIT_CORE, &none, NULL);
}

/* Whether a process has begun to end: bit 2 (PF_EXITING) of the seventh word behind its name. */
static int is_exiting(long pid)
{
    char path[32], line[512];
    struct text text = { path, 0, sizeof(path) };
    const char *at = line;
    int words = 0;

    put(&text, "/proc/");
    put_number(&text, pid);
    put(&text, "/stat");
    if (read_text(path, line, sizeof(line)) <= 0)
        return 0;
    while (*at != '\0' && *at != ')')
        at++;
    for (; *at != '\0'; at++) {
        if (*at == ' ' && ++words == 7)
            return (parse_number(at + 1) & 4) != 0;
    }
    return 0;
}

/*
 * The server with all that belongs to it. Not the server alone: a thread that pins pages for a ring keeps the ring
 * locked while it waits for a userfault, and who has used the ring cannot end before that (6.18); the kernel would end
 * that thread only when the server has ended.
 */
static void end_all(long server_pid)
{
    SYS2(kill, -server_pid, SIGKILL);
    SYS2(kill, server_pid, SIGKILL);
}

/*
 * The server is the first process of its own namespace, so that the kernel ends every process of its programs with
 * it. This process stays outside, ends with the server, and ends the server when nobody listens any more.
 */
static void watch(long server_pid)
{
    struct poll_fd watched[2] = { { 0, 0, 0 }, { (int)SYS2(pidfd_open, server_pid, 0), POLL_IN, 0 } };
    int status = 0;

    while (SYS3(poll, watched, 2, LOOK_MILLISECONDS) == 0 && !is_exiting(server_pid))
        ;
    if (watched[0].revents != 0) {
        watched[0].fd = -1;
        SYS3(poll, watched, 2, PARENT_PATIENCE_MILLISECONDS); /* it may end by itself */
    }
    end_all(server_pid);
    while (SYS4(wait4, server_pid, &status, 0, NULL) == -ERR_INTR)
        ;
    SYS1(exit_group, (status & 0x7f) != 0 ? 3 : status >> 8 & 0xff);
}

/* A process beside the server that ends all of its group when the watcher has gone, who else would. */
static void start_undertaker(int life)
{
    u8 byte;

    if (SYS5(clone, SIGCHLD, 0, 0, 0, 0) != 0)
        return;
    SYS5(prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    SYS1(close, 0);
    SYS1(close, 1);
    while (SYS3(read, life, &byte, 1) == -ERR_INTR)
        ;
    SYS2(kill, 0, SIGKILL);
    SYS1(exit_group, 3);
}

static int is_orphan(int life)
{
    struct poll_fd poll = { life, POLL_IN, 0 };

    return SYS3(poll, &poll, 1, 0) != 0;
}

/* Returns in the server; answers whether it has namespaces of its own. */
int confine(void)
{
    long pid;
    int separate;
    int life[2]; /* its writing end goes with the watcher, who may be killed before the server asks for a signal */

    limit();
    if (SYS2(pipe2, life, OPEN_CLOEXEC) < 0)
        fail("pipe2", 0);
    separate = SYS1(unshare, CLONE_NEWPID | CLONE_NEWNS) == 0;
    pid = SYS5(clone, SIGCHLD, 0, 0, 0, 0);
    if (pid < 0)
        fail("clone", pid);
    if (pid > 0)
        watch(pid);
    SYS5(prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    SYS1(close, life[1]);
    if (is_orphan(life[0]))
        SYS1(exit_group, 3);
    SYS5(prctl, PR_SET_DUMPABLE, 1, 0, 0, 0);
    SYS5(prctl, PR_SET_THP_DISABLE, 1, 0, 0, 0); /* the model has base pages only */
    SYS0(setsid);
    start_undertaker(life[0]);
    if (separate)
        SYS5(mount, "none", "/", NULL, MS_REC | MS_PRIVATE, NULL);
    else
        SYS5(prctl, PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    return separate;
}
