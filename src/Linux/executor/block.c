/*
 * Blocks of memory that are taken offline and back: how a page of one's choice is moved on a machine with one memory
 * node, since everything goes that lies in its block. The guard makes two blocks movable first; there the kernel keeps
 * nothing of its own, and what moves out of one goes to the other. The executor takes no others, since the guard would
 * not bring them back if it was killed meanwhile.
 * Not covered: which programs may ask for it (src/Linux/Capabilities.cs).
 */
#include "server.h"

#include <linux/signal.h>
#include <linux/time.h>

enum { PATH_SIZE = 96, LINE_SIZE = 64, PATIENCE_MICROSECONDS = 200000, PATIENCE_PAGES = 32768, TRIES = 20,
       TRY_NANOSECONDS = 5000000 };

extern char signal_return[];

static const char *block_file(char *buffer, long block, const char *file)
{
    struct text path = { buffer, 0, PATH_SIZE };

    put(&path, "/sys/devices/system/memory/memory");
    put_number(&path, block);
    put(&path, file);
    return buffer;
}

/* Whether a file of the block says this, as its whole first line. */
static int block_says(long block, const char *file, const char *word)
{
    char path[PATH_SIZE], line[LINE_SIZE];
    int i;

    if (read_text(block_file(path, block, file), line, sizeof(line)) <= 0)
        return 0;
    for (i = 0; line[i] != 0 && line[i] != '\n'; i++)
        ;
    line[i] = 0;
    return same_text(line, word);
}

int block_is_online(long block)
{
    return block_says(block, "/state", "online");
}

int block_is_movable(long block)
{
    return block_is_online(block) && block_says(block, "/valid_zones", "Movable");
}

static long pages_of_block(void)
{
    char line[LINE_SIZE];
    long bytes = 0;
    const char *at = line;

    read_text("/sys/devices/system/memory/block_size_bytes", line, sizeof(line));
    for (; (*at >= '0' && *at <= '9') || (*at >= 'a' && *at <= 'f'); at++)
        bytes = bytes * 16 + (*at <= '9' ? *at - '0' : *at - 'a' + 10);
    return bytes / (long)PAGE;
}

static void do_nothing(int signal)
{
    (void)signal;
}

/*
 * The kernel tries for ever, until a signal comes; the timer repeats itself, lest the first comes too early. Without a
 * timer the signal means nothing.
 */
static void alarm_every(long microseconds)
{
    long seconds = microseconds / 1000000;
    struct __kernel_old_itimerval timer = { { seconds, microseconds % 1000000 }, { seconds, microseconds % 1000000 } };
    struct sigaction action;

    memset(&action, 0, sizeof(action));
    action.sa_handler = microseconds != 0 ? do_nothing : SIG_IGN;
    action.sa_flags = SA_RESTORER;
    action.sa_restorer = (__sigrestore_t)(void *)signal_return;
    SYS4(rt_sigaction, SIGALRM, &action, NULL, sizeof(action.sa_mask));
    SYS3(setitimer, ITIMER_REAL, &timer, NULL);
}

/* 0; -EINTR if something stays in it that cannot be moved; others if the kernel has no time for it. */
long block_take_offline(long block)
{
    char path[PATH_SIZE];
    long blocks = pages_of_block() / PATIENCE_PAGES;
    long error = -ERR_BUSY;
    int i;

    for (i = 0; error < 0 && error != -ERR_INTR && i < TRIES; i++) {
        if (i > 0)
            sleep_nanoseconds(TRY_NANOSECONDS);
        alarm_every(PATIENCE_MICROSECONDS * (blocks > 1 ? blocks : 1));
        error = write_text(block_file(path, block, "/state"), "offline");
        alarm_every(0);
    }
    return error;
}

long block_bring_online(long block, const char *how)
{
    char path[PATH_SIZE];
    long error = -ERR_BUSY;
    int i;

    for (i = 0; error < 0 && i < TRIES; i++) {
        if (i > 0)
            sleep_nanoseconds(TRY_NANOSECONDS);
        error = write_text(block_file(path, block, "/state"), how);
    }
    return error;
}

/* Whether it is an ordinary one again. */
long block_give_back(long block)
{
    long error = 0;

    if (block_is_movable(block))
        error = block_take_offline(block);
    if (error >= 0 && !block_is_online(block))
        error = block_bring_online(block, "online_kernel");
    return error < 0 ? error : block_is_movable(block) ? -ERR_BUSY : 0; /* an executor that ends may have been at it */
}

static int is_own(long block)
{
    return block == server.blocks[0] || block == server.blocks[1];
}

/* An executor before this one may have been killed while it had taken one offline. */
void block_restore(void)
{
    unsigned int i;

    for (i = 0; i < ARRAY_COUNT(server.blocks); i++) {
        long error = server.blocks[i] < 0 || block_is_online(server.blocks[i])
            ? 0 : block_bring_online(server.blocks[i], "online_movable");

        if (error < 0)
            fail("a block of memory does not come back online", error);
    }
}

/* Moves what one page of a process names; what else lies in its block moves with it. */
void do_migrate(const struct operation *op, struct result *result)
{
    u64 before = frame_of_page(op->process, op->page);
    long pages = pages_of_block();
    long block = pages > 0 ? (long)before / pages : -1;
    long error;
    u64 after;

    if (before == 0) {
        result_of_call(result, -ERR_NOENT);
        return;
    }
    result->status = STATUS_UNABLE;
    if (!is_own(block))
        return;
    error = block_take_offline(block);
    if (error >= 0)
        block_restore();
    after = frame_of_page(op->process, op->page);
    if (after != before && after != 0)
        result_of_call(result, 0);
    else if (error == -ERR_INTR)
        result_of_call(result, -ERR_AGAIN);
}
