// Calls that take a page, move its content, and give it back before they return: read(2) and write(2) with O_DIRECT,
// process_vm_readv and process_vm_writev. Nobody else can name what they have taken; for as long as they have it, it is
// a handle like any other, and the same is promised of it.
// Not covered: taking the page (Gup, Gup.Fast), more than one page, the file or buffer at the other end.

using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Kernel;

internal static class PinnedCall
{
    private enum Stage : byte
    {
        Transfer,
        Release,
    }

    /// <summary>
    /// Prepares the task. Direct I/O goes by GUP-fast, and took plain references up to 6.4; process_vm_* take
    /// mmap_lock, pin, and may wait for a manager, since the lock may be dropped.
    /// </summary>
    public static void Begin(Context c, ref Task t, bool direct, bool write)
    {
        bool pins = !direct || c.Has(Fix.DirectIoPin);
        t.Set(TaskFlags.OneCall);
        t.Handle = new HandleId((byte)c.Machine.FindFreeHandle());
        t.Argument = (byte)(pins ? HandleKind.Pin : HandleKind.Get);
        t.Argument2 = (byte)(direct ? 1 : 0);
        t.GupFlags = (pins ? GupFlags.Pin : GupFlags.None) | (write ? GupFlags.Write : GupFlags.None);
        c.Machine.ChangeHandle(ref c.Touched, t.Handle).Kind = HandleKind.Reserved;
        t.Call(direct ? KernelPath.GupFast : KernelPath.GupSlow);
    }

    public static Progress Step(Context c, ref Task t) => (Stage)t.Stage switch
    {
        Stage.Transfer => Transfer(c, ref t), // no lock is held: the owner may do with the page what he likes
        Stage.Release => Release(c, ref t),   // marked dirty again after a transfer into it
    };

    /// <summary>GUP has the page, and mmap_lock is not needed any more.</summary>
    public static Progress Taken(Context c, ref Task t)
    {
        t.UnlockMmaps(c);
        c.Machine.ChangeHandle(ref c.Touched, t.Handle).Flags |= HandleFlags.OneCall;
        c.Effect = new MemoryEffect(
            MemoryEffectKind.PageTaken, new EntryIndex(t.Mm, t.Va), c.Machine.HandleAt(t.Handle).Pages[0], default);
        return t.Jump(KernelPath.PinnedCall);
    }

    /// <summary>What the call answers when GUP could not have the page: process_vm_* know one error only.</summary>
    public static Errno Failed(ref readonly Task t, Errno errno) => t.Argument2 != 0 ? errno : Errno.EFAULT;

    private static Progress Transfer(Context c, ref Task t)
    {
        EntryIndex entry = Gup.OwnerOf(c, in t, c.Machine.HandleAt(t.Handle).Pages[0]);
        bool write = Gup.Writes(in t);
        Token token = write ? new Token(entry, c.Machine.NextSerial()) : default;
        if (write)
        {
            GupHandles.DeviceWrite(c, t.Handle, 0, token);
        }
        else
        {
            GupHandles.DeviceRead(c, t.Handle, 0, out token);
            t.Value = token;
        }

        Pfn pfn = c.Machine.HandleAt(t.Handle).Pages[0];
        c.Effect = new MemoryEffect(write ? MemoryEffectKind.CallWrote : MemoryEffectKind.CallRead, entry, pfn, token);
        return t.Next(Stage.Release);
    }

    private static Progress Release(Context c, ref Task t)
    {
        GupHandles.Unpin(c, t.Handle);
        return t.Finish(c, Errno.None);
    }
}
