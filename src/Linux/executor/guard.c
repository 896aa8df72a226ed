/*
 * The guard changes settings of the whole system when it is told to, and changes them back when it is told to or when
 * nobody speaks to it any more, whichever way the other side ended. Only one lives at a time.
 * Commands, a line each: `zram BYTES`, `set PATH VALUE`, `movable FIRST` and then `take`, `adopt zram NUMBER`,
 * `adopt set PATH VALUE`, `adopt movable BLOCK`, `undo`.
 * It answers each with `ok ...`, where the rest is what `adopt` would need, or with `error ...`.
 * Not covered: whether a change is allowed (src/Linux/SystemChanges.cs).
 */
#include "server.h"

#include <linux/fs.h>
#include <linux/prctl.h>
#include <linux/signal.h>

enum { MOST_CHANGES = 8, LINE_SIZE = 256, SWAP_PREFER = 0x8000, SWAP_PRIORITY = 100, LOCAL_SOCKETS = 1, STREAM = 1 };

struct change {
    enum { SETTING, ZRAM, MOVABLE } kind;
    long number;         /* of the zram device, or of the block of memory */
    char path[LINE_SIZE];
    char value[LINE_SIZE];
};

static struct change changes[MOST_CHANGES];
static int change_count;

static void say(const char *word, const char *rest)
{
    char line[3 * LINE_SIZE];
    struct text text = { line, 0, sizeof(line) };

    put(&text, word);
    put(&text, " ");
    put(&text, rest);
    put(&text, "\n");
    write_all(1, line, text.used);
}

static void say_error(const char *what, long error)
{
    char line[LINE_SIZE];
    struct text text = { line, 0, sizeof(line) };

    put(&text, what);
    put(&text, ": errno ");
    put_number(&text, -error);
    say("error", line);
}

static void numbered(char *path, const char *before, long number, const char *after)
{
    struct text text = { path, 0, LINE_SIZE };

    put(&text, before);
    put_number(&text, number);
    put(&text, after);
}

static void cut_line(char *text)
{
    while (*text != 0 && *text != '\n')
        text++;
    *text = 0;
}

/* swapon wants a header: version 1, the last page, and the signature at the end of the first page. */
static long write_swap_header(const char *device, long bytes)
{
    static u8 page[PAGE];
    long fd = SYS3(open, device, OPEN_WRONLY | OPEN_CLOEXEC, 0);
    long done;

    if (fd < 0)
        return fd;
    memset(page, 0, sizeof(page));
    *(u32 *)(page + 1024) = 1;
    *(u32 *)(page + 1028) = (u32)(bytes / (long)PAGE) - 1;
    memcpy(page + PAGE - 10, "SWAPSPACE2", 10);
    done = write_all((int)fd, page, sizeof(page));
    SYS1(fsync, fd);
    SYS1(close, fd);
    return done;
}

/* Others may look at a device that is new, or gone from swap; they do not for long. */
static long write_patiently(const char *path, const char *value)
{
    long error = write_text(path, value);
    int tries;

    for (tries = 0; error == -ERR_BUSY && tries < 100; tries++) {
        sleep_nanoseconds(10000000);
        error = write_text(path, value);
    }
    return error;
}

static long remove_zram(long number)
{
    char path[LINE_SIZE];
    long error, later;

    numbered(path, "/dev/zram", number, "");
    error = SYS1(swapoff, path);
    if (error == -ERR_INVAL)
        error = 0; /* it never became swap */
    numbered(path, "/sys/block/zram", number, "/reset");
    later = write_patiently(path, "1");
    error = error < 0 ? error : later;
    numbered(path, "", number, "");
    later = write_patiently("/sys/class/zram-control/hot_remove", path);
    return error < 0 ? error : later;
}

static void add_zram(const char *size)
{
    char path[LINE_SIZE], answer[LINE_SIZE];
    long error = read_text("/sys/class/zram-control/hot_add", answer, sizeof(answer));
    struct change *change = &changes[change_count];
    int tries;

    if (error <= 0) {
        say_error("zram hot_add", error);
        return;
    }
    change->kind = ZRAM;
    change->number = parse_number(answer);
    change_count++; /* from now on it is taken away again */
    numbered(path, "/sys/block/zram", change->number, "/disksize");
    error = write_text(path, size);
    numbered(path, "/dev/zram", change->number, "");
    for (tries = 0; error >= 0 && tries < 100 && SYS3(access, path, 6, 0) < 0; tries++)
        sleep_nanoseconds(10000000);
    if (error >= 0)
        error = write_swap_header(path, parse_number(size));
    if (error >= 0)
        error = SYS2(swapon, path, SWAP_PREFER | SWAP_PRIORITY);
    if (error < 0) {
        say_error("swapon of a zram device", error);
        return;
    }
    numbered(path, "zram ", change->number, "");
    say("ok", path);
}

static void remember_setting(const char *path, const char *value)
{
    struct change *change = &changes[change_count++];
    struct text to_path = { change->path, 0, LINE_SIZE };
    struct text to_value = { change->value, 0, LINE_SIZE };

    change->kind = SETTING;
    put(&to_path, path);
    put(&to_value, value);
    cut_line(change->value);
}

static void change_setting(const char *path, const char *value)
{
    char old[LINE_SIZE], answer[2 * LINE_SIZE];
    struct text text = { answer, 0, sizeof(answer) };
    long error = read_text(path, old, sizeof(old));

    if (error >= 0) {
        remember_setting(path, old);
        error = write_text(path, value);
    }
    if (error < 0) {
        say_error(path, error);
        return;
    }
    put(&text, "set ");
    put(&text, path);
    put(&text, " ");
    put(&text, changes[change_count - 1].value);
    say("ok", answer);
}

/* Processes that are just ending may still have pages in a block. */
static long give_block_back(long block)
{
    long error = block_give_back(block);
    int tries;

    for (tries = 0; error < 0 && tries < 20; tries++) {
        sleep_nanoseconds(100000000);
        error = block_give_back(block);
    }
    return error;
}

/* The next block that may be made movable; it is remembered before anything happens to it. */
static void choose_block(const char *from)
{
    enum { MOST_BLOCKS = 4096 };
    char answer[LINE_SIZE];
    long block = parse_number(from);

    while (block < MOST_BLOCKS && (!block_is_online(block) || block_is_movable(block)))
        block++;
    if (block == MOST_BLOCKS) {
        say("error", "no block of memory can be taken offline here");
        return;
    }
    changes[change_count].kind = MOVABLE;
    changes[change_count++].number = block;
    numbered(answer, "movable ", block, "");
    say("ok", answer);
}

/* Blocks in which the kernel keeps something of its own do not let themselves be taken offline. */
static void take_block(void)
{
    struct change *change = change_count > 0 ? &changes[change_count - 1] : NULL;
    long error;

    if (change == NULL || change->kind != MOVABLE) {
        say("error", "no block of memory was chosen");
        return;
    }
    error = block_take_offline(change->number);
    if (error >= 0)
        error = block_bring_online(change->number, "online_movable");
    if (error >= 0) {
        say("ok", "");
    } else if (give_block_back(change->number) == 0) {
        change_count--;
        say("refused", "");
    } else {
        say_error("a block of memory does not come back online", error); /* it is tried again in the end */
    }
}

static long undo(const struct change *change)
{
    switch (change->kind) {
    case ZRAM:
        return remove_zram(change->number);
    case MOVABLE:
        return give_block_back(change->number);
    case SETTING:
        return write_text(change->path, change->value);
    }
    return 0;
}

/* Answers the first error, after having taken back whatever can be; what cannot stays known. */
static long undo_all(void)
{
    long first = 0;
    int left = 0;
    int i;

    for (i = change_count - 1; i >= 0; i--) {
        long error = undo(&changes[i]);

        first = first < 0 ? first : error;
        if (error < 0)
            changes[MOST_CHANGES - ++left] = changes[i];
    }
    for (i = 0; i < left; i++)
        changes[i] = changes[MOST_CHANGES - left + i];
    change_count = left;
    return first < 0 ? first : 0;
}

/* Nobody else would: pages of processes that are just ending may be in the way for a while. */
static void undo_patiently(void)
{
    enum { MOST_TRIES = 300 };
    int tries;

    for (tries = 0; undo_all() < 0 && tries < MOST_TRIES; tries++)
        sleep_nanoseconds(1000000000);
}

/* The next word; the rest of the line stays behind it. */
static char *next_word(char **rest)
{
    char *word = *rest;

    while (**rest != 0 && **rest != ' ')
        (*rest)++;
    if (**rest == ' ')
        *(*rest)++ = 0;
    return word;
}

static int obey(char *line)
{
    char *rest = line;
    char *word = next_word(&rest);
    int adopts = same_text(word, "adopt");

    if (adopts)
        word = next_word(&rest);
    if (change_count == MOST_CHANGES) {
        say("error", "too many changes");
    } else if (adopts && (same_text(word, "zram") || same_text(word, "movable"))) {
        changes[change_count].kind = same_text(word, "zram") ? ZRAM : MOVABLE;
        changes[change_count++].number = parse_number(rest);
        say("ok", "");
    } else if (same_text(word, "zram")) {
        add_zram(rest);
    } else if (same_text(word, "movable")) {
        choose_block(rest);
    } else if (same_text(word, "take")) {
        take_block();
    } else if (same_text(word, "set")) {
        char *path = next_word(&rest);

        if (adopts) {
            remember_setting(path, rest);
            say("ok", "");
        } else {
            change_setting(path, rest);
        }
    } else if (same_text(word, "undo")) {
        long error = undo_all();

        if (error < 0)
            say_error("taking back what was changed", error);
        else
            say("ok", "");
        return 0;
    } else {
        say("error", "an unknown command");
    }
    return 1;
}

/* A name in the abstract namespace goes with its socket, however its owner ends. */
static int is_only_guard(void)
{
    static const char name[] = "\1\0\0mmfuzz-linux-guard";
    long fd = SYS3(socket, LOCAL_SOCKETS, STREAM, 0);

    return fd >= 0 && SYS3(bind, fd, name, sizeof(name) - 1) == 0;
}

static void ignore_signals(void)
{
    static const int signals[] = { SIGHUP, SIGINT, SIGTERM, SIGPIPE, SIGQUIT };
    struct sigaction action;
    unsigned int i;

    memset(&action, 0, sizeof(action));
    action.sa_handler = SIG_IGN;
    for (i = 0; i < ARRAY_COUNT(signals); i++)
        SYS4(rt_sigaction, signals[i], &action, NULL, sizeof(action.sa_mask));
}

int guard_main(void)
{
    char line[LINE_SIZE];
    unsigned long used = 0;
    int goes_on = 1;

    SYS0(setsid);
    ignore_signals();
    if (!is_only_guard()) {
        say("error", "another run has changed the system's settings");
        return 2;
    }
    say("ok", "");
    while (goes_on && used < sizeof(line)) {
        long got = SYS3(read, 0, line + used, 1);

        if (got == -ERR_INTR)
            continue;
        if (got != 1)
            break;
        if (line[used++] != '\n')
            continue;
        line[used - 1] = 0;
        used = 0;
        goes_on = obey(line);
    }
    undo_patiently();
    return 0;
}
