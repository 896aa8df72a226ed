// write(2) of a whole page into a file, past all mappings: finds or makes the page in the page cache, locks it, fills
// it and marks it dirty. Who maps the page sees it at once, and so does every private mapping that was never written.
// Not covered: writes of parts of a page, O_DIRECT, truncation, the size of the file.

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
        Stage.Find => Shmem.FindForWrite(ref t, new CacheIndex(t.Argument), Stage.Copy),
        Stage.Copy => Copy(c, ref t), // copy_page_from_iter, with the page locked
    };

    private static Progress Copy(Context c, ref Task t)
    {
        if (t.Result == FaultResult.Oom)
        {
            return t.Finish(c, Errno.ENOMEM);
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
        c.Effect = new MemoryEffect(MemoryEffectKind.FileWrite, Token.FileOrigin, t.Pfn, token, File: index);
        Swapfile.PutPage(c, ref t, t.Pfn);
        return t.Finish(c, Errno.None);
    }
}
