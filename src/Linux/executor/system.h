/*
 * Raw system calls and the few helpers that a program without a C library needs.
 * Not covered: processors other than x86-64.
 */
#ifndef MMFUZZ_SYSTEM_H
#define MMFUZZ_SYSTEM_H

#include <asm/unistd.h>
#include <linux/types.h>

#ifndef __x86_64__
#error "the executor knows the system calls of x86-64 only"
#endif

typedef __u8 u8;
typedef __u16 u16;
typedef __u32 u32;
typedef __u64 u64;
typedef __s16 s16;
typedef __s64 s64;

#define NULL ((void *)0)
#define PAGE 4096UL
#define ARRAY_COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Six arguments always: an argument too many is ignored by the kernel. */
static inline long sys(long number, long a, long b, long c, long d, long e, long f)
{
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    register long r9 __asm__("r9") = f;
    long result;

    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return result;
}

#define SYS0(name) sys(__NR_##name, 0, 0, 0, 0, 0, 0)
#define SYS1(name, a) sys(__NR_##name, (long)(a), 0, 0, 0, 0, 0)
#define SYS2(name, a, b) sys(__NR_##name, (long)(a), (long)(b), 0, 0, 0, 0)
#define SYS3(name, a, b, c) sys(__NR_##name, (long)(a), (long)(b), (long)(c), 0, 0, 0)
#define SYS4(name, a, b, c, d) sys(__NR_##name, (long)(a), (long)(b), (long)(c), (long)(d), 0, 0)
#define SYS5(name, a, b, c, d, e) sys(__NR_##name, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), 0)
#define SYS6(name, a, b, c, d, e, f) \
    sys(__NR_##name, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))

/* Numbers that a toolchain with older headers does not know. */
enum { ERR_NOENT = 2, ERR_AGAIN = 11, ERR_INTR = 4, ERR_IO = 5, ERR_CHILD = 10, ERR_BUSY = 16, ERR_INVAL = 22, ERR_NOSYS = 38,
       ERR_TIMEDOUT = 110 };
enum { OPEN_RDONLY = 0, OPEN_WRONLY = 1, OPEN_RDWR = 2, OPEN_CREAT = 0100, OPEN_EXCL = 0200, OPEN_NONBLOCK = 04000,
       OPEN_DIRECT = 040000, OPEN_CLOEXEC = 02000000 };

struct timespec64 {
    s64 seconds;
    s64 nanoseconds;
};

struct io_vector {
    void *base;
    unsigned long length;
};

struct poll_fd {
    int fd;
    short events;
    short revents;
};

enum { POLL_IN = 1, POLL_ERR = 8, POLL_HUP = 16 };

void *memset(void *target, int byte, unsigned long count);
void *memcpy(void *target, const void *source, unsigned long count);
unsigned long text_length(const char *text);

/* Appends to a buffer; never beyond its size. */
struct text {
    char *start;
    unsigned long used;
    unsigned long size;
};

void put(struct text *text, const char *more);
void put_number(struct text *text, long number);
int same_text(const char *left, const char *right);
long parse_number(const char *text);

long now_nanoseconds(void);
void sleep_nanoseconds(long nanoseconds);
long write_all(int fd, const void *bytes, unsigned long count);
long read_text(const char *path, char *buffer, unsigned long size);
long write_text(const char *path, const char *text);
__attribute__((noreturn)) void fail(const char *what, long error);

#endif
