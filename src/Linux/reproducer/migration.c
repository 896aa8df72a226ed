/* ---- migration: to another NUMA node and, the next time, back ---- */

static void migrate(int p, int page)
{
    void *address = AT(page);
    int node = -1, to, moved = -1;
    int pid = shared->processes[p];

    if (access("/sys/devices/system/node/node1", F_OK))
        fail("moving a page needs two NUMA nodes, 0 and 1");
    syscall(SYS_move_pages, pid, 1, &address, NULL, &node, 0);
    to = !node;
    if (node < 0 || syscall(SYS_move_pages, pid, 1, &address, &to, &moved, 2 /* MPOL_MF_MOVE */) < 0 || moved != to)
        last = (struct outcome){ FAILS, moved < 0 ? -moved : EBUSY };
    else
        own(0);
}
