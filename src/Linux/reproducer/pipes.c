/* ---- references without a pin: pages in a pipe (vmsplice) ---- */

static int pipes[8][2], spliced[8];
static uint64_t last_values[PAGES];

static void splice_pages(int t, int g, int page, int pages)
{
    if (pipe(pipes[g]))
        fail("pipe");
    spliced[g] = pages;
    shared->vector = (struct iovec){ AT(page), pages * PAGE };
    call(t, SYS_vmsplice, pipes[g][1], &shared->vector, 1, 0);
    if (last.how == ENDS)
        spliced[g] = shared->threads[t].result / PAGE;
}

static uint64_t next_page(int pipe)
{
    static char page[PAGE];

    return read(pipe, page, PAGE) == PAGE ? *(uint64_t *)page : ~0ul;
}

/* Looks at a page by way of a second pipe, which shares it for a moment. */
static void peek_pipe(int g, int page)
{
    int copy[2];
    uint64_t value = 0;

    if (pipe(copy))
        fail("pipe");
    if (tee(pipes[g][0], copy[1], spliced[g] * PAGE, SPLICE_F_NONBLOCK) < 0)
        fail("tee");
    for (int i = 0; i <= page; i++)
        value = next_page(copy[0]);
    close(copy[0]);
    close(copy[1]);
    last = (struct outcome){ SEES, value };
}

/* The first page counts here; the references go. */
static void read_pipe(int g)
{
    for (int i = 0; i < spliced[g]; i++)
        last_values[i] = next_page(pipes[g][0]);
    close(pipes[g][0]);
    close(pipes[g][1]);
    last = (struct outcome){ SEES, last_values[0] };
    drain_batches();
}

static void value_of_page(int i)
{
    last = (struct outcome){ SEES, last_values[i] };
}
