// write(2) of a whole page into a file, past all mappings, with inode_lock: finds or makes the page in the page cache,
// locks it, fills it, marks it dirty, and makes the file longer if it must. Who maps the page sees it at once, and so
// does every private mapping that was never written.
// Not covered: writes of parts of a page, O_DIRECT, truncation (Truncate).

using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Kernel;

internal static class FileWrite
{
    private enum Stage : byte
    {
        Find,
        Copy,
    }

    public static Progress Step(Context c, ref Task t) => (Stage)t.Stage switch
    {
        Stage.Find => Find(c, ref t), // inode_lock
        Stage.Copy => Copy(c, ref t), // copy_page_from_iter, with the page locked
    };

    private static Progress Find(Context c, ref Task t)
    {
        var index = new CacheIndex(t.Argument);
        int owner = c.Machine.InodeAt(index.Inode).LockOwner;
        if (owner != 0 && owner != t.Actor.Value + 1)
        {
            return c.Wait(WaitKind.InodeLock, index.Inode.Value);
        }

        c.Machine.ChangeInodeCounts(ref c.Touched, index.Inode).LockOwner = (byte)(t.Actor.Value + 1);
        return Shmem.FindForWrite(ref t, index, Stage.Copy);
    }

    private static Progress Copy(Context c, ref Task t)
    {
        if (t.Result is FaultResult.Oom or FaultResult.Hwpoison)
        {
            Unlock(c, in t);
            return t.Finish(c, t.Result == FaultResult.Oom ? Errno.ENOMEM : Errno.EIO);
        }

        ref readonly Frame frame = ref c.FrameAt(t.Pfn);
        var index = new CacheIndex(t.Argument);
        if (!frame.InPageCache || frame.Cache != index || frame.LockOwner != t.Actor.Value + 1)
        {
            return t.Next(Stage.Find); // it was reclaimed, or moved, before the lock could be had
        }

        var token = new Token(Token.FileOrigin, c.Machine.NextSerial());
        c.Machine.SetContent(ref c.Touched, t.Pfn, token);
        c.ChangeFrame(t.Pfn).Set(FrameFlags.Dirty);
        if (Shmem.IsBehindEnd(c, index))
        {
            c.Machine.ChangeInodeCounts(ref c.Touched, index.Inode).Size = index.Index + 1;
        }

        c.Effect = new MemoryEffect(MemoryEffectKind.FileWrite, Token.FileOrigin, t.Pfn, token, File: index);
        Swapfile.PutPage(c, ref t, t.Pfn);
        Unlock(c, in t);
        return t.Finish(c, Errno.None);
    }

    private static void Unlock(Context c, ref readonly Task t)
    {
        InodeId inode = new CacheIndex(t.Argument).Inode;
        if (c.Machine.InodeAt(inode).LockOwner == t.Actor.Value + 1)
        {
            c.Machine.ChangeInodeCounts(ref c.Touched, inode).LockOwner = 0;
        }
    }
}
