/*
 * What a C library would have given: memory, texts, time, whole writes.
 * Not covered: anything that can fail in more than one way and whose caller would care.
 */
#include "system.h"

void *memset(void *target, int byte, unsigned long count)
{
    void *at = target;

    __asm__ volatile("rep stosb" : "+D"(at), "+c"(count) : "a"(byte) : "memory");
    return target;
}

void *memcpy(void *target, const void *source, unsigned long count)
{
    void *at = target;

    __asm__ volatile("rep movsb" : "+D"(at), "+S"(source), "+c"(count) : : "memory");
    return target;
}

unsigned long text_length(const char *text)
{
    unsigned long length = 0;

    while (text[length] != 0)
        length++;
    return length;
}

int same_text(const char *left, const char *right)
{
    while (*left != 0 && *left == *right) {
        left++;
        right++;
    }
    return *left == *right;
}

long parse_number(const char *text)
{
    long number = 0;

    while (*text >= '0' && *text <= '9')
        number = number * 10 + (*text++ - '0');
    return number;
}

void put(struct text *text, const char *more)
{
    while (*more != 0 && text->used + 1 < text->size)
        text->start[text->used++] = *more++;
    text->start[text->used] = 0;
}

void put_number(struct text *text, long number)
{
    char digits[24];
    int at = sizeof(digits);
    unsigned long rest = number < 0 ? -(unsigned long)number : (unsigned long)number;

    digits[--at] = 0;
    do {
        digits[--at] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest != 0);
    if (number < 0)
        digits[--at] = '-';
    put(text, digits + at);
}

long now_nanoseconds(void)
{
    struct timespec64 now;

    SYS2(clock_gettime, 1, &now);
    return now.seconds * 1000000000L + now.nanoseconds;
}

void sleep_nanoseconds(long nanoseconds)
{
    struct timespec64 span = { nanoseconds / 1000000000L, nanoseconds % 1000000000L };

    SYS2(nanosleep, &span, NULL);
}

long write_all(int fd, const void *bytes, unsigned long count)
{
    const char *at = bytes;

    while (count > 0) {
        long done = SYS3(write, fd, at, count);

        if (done == -ERR_INTR)
            continue;
        if (done <= 0)
            return done == 0 ? -ERR_IO : done;
        at += done;
        count -= (unsigned long)done;
    }
    return 0;
}

long read_text(const char *path, char *buffer, unsigned long size)
{
    long fd = SYS3(open, path, OPEN_RDONLY | OPEN_CLOEXEC, 0);
    long got;

    buffer[0] = 0;
    if (fd < 0)
        return fd;
    got = SYS3(read, fd, buffer, size - 1);
    SYS1(close, fd);
    buffer[got > 0 ? got : 0] = 0;
    return got;
}

long write_text(const char *path, const char *text)
{
    long fd = SYS3(open, path, OPEN_WRONLY | OPEN_CLOEXEC, 0);
    long done;

    if (fd < 0)
        return fd;
    done = SYS3(write, fd, text, text_length(text));
    SYS1(close, fd);
    return done < 0 ? done : 0;
}

void fail(const char *what, long error)
{
    char line[256];
    struct text text = { line, 0, sizeof(line) };

    put(&text, "executor: ");
    put(&text, what);
    put(&text, ": error ");
    put_number(&text, error < 0 ? -error : error);
    put(&text, "\n");
    write_all(2, line, text.used);
    SYS1(exit_group, 3);
    __builtin_unreachable();
}
