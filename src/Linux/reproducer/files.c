/* ---- files and memory past all mappings ---- */

enum { FILE_PAGES = 8, OUT_OF = 0, INTO = 1 };
static int files[4] = { -1, -1, -1, -1 };

static void memory_file(int i)
{
    files[i] = memfd_create("program", 0);
    if (files[i] < 0 || ftruncate(files[i], FILE_PAGES * PAGE))
        fail("memfd_create");
}

static void disk_file(int i)
{
    files[i] = open("/var/tmp", O_TMPFILE | O_RDWR, 0600);
    if (files[i] < 0 || ftruncate(files[i], FILE_PAGES * PAGE))
        fail("a file in /var/tmp");
}

static void map_disk_file(int t, int page, int pages, int rights, int where, int file, int first)
{
    call(t, SYS_mmap, AT(page), pages * PAGE, rights, MAP_PRIVATE | where, files[file], first * PAGE);
    if (last.how == ENDS)
        call(t, SYS_madvise, AT(page), pages * PAGE, MADV_RANDOM); /* no reading ahead */
}

static void file_write(int i, int page, uint64_t value)
{
    own(pwrite(files[i], &value, sizeof value, page * PAGE) < 0 ? -1 : 0);
}

static void file_punch(int i, int page)
{
    own(fallocate(files[i], FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE, page * PAGE, PAGE));
}

static void file_truncate(int i, int pages)
{
    own(ftruncate(files[i], pages * PAGE));
}

/* FOLL_FORCE: past the rights of the mapping. */
static void force_write(int p, int page, uint64_t value)
{
    own(pwrite(shared->memories[p], &value, sizeof value, (off_t)AT(page)) < 0 ? -1 : 0);
}

static void process_vm(int t, int page, int in, uint64_t value)
{
    command(t, COPY_BETWEEN, CALL_OF(page, (long)value, in));
    if (last.how == ENDS && !in)
        last = (struct outcome){ SEES, shared->threads[t].value };
}

static void direct_io(int t, int page, int in, uint64_t value)
{
    static int file[THREADS];

    if (!file[t]) {
        file[t] = open("/var/tmp", O_TMPFILE | O_RDWR | O_DIRECT, 0600);
        if (file[t] < 0 || pwrite(file[t], shared->threads[t].buffer, PAGE, 0) != PAGE)
            fail("direct I/O to a file in /var/tmp");
    }
    command(t, TRANSFER, CALL_OF(page, (long)value, in, file[t]));
    if (last.how == ENDS && !in)
        last = (struct outcome){ SEES, shared->threads[t].value };
}
