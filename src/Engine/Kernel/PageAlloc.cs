// Page frames: allocation, references, freeing. The lowest free frame is handed out, so that a frame just freed
// comes back at once and whoever still holds its number is found out; for the rest there is an injected fault.
// Not covered: pools of huge pages, per-CPU lists.

using System.Numerics;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Kernel;

internal static class PageAlloc
{
    /// <summary>A zeroed page with one reference, which becomes a hold of the task; false if none is left.</summary>
    public static bool Alloc(Context c, ref Task t, out Pfn pfn)
    {
        ulong free = c.Machine.FreeFrames;
        pfn = default;
        if (free == 0 || Injection.Strikes(c, InjectedFault.Alloc))
        {
            c.Reach(Goal.OutOfMemory);
            return false;
        }

        Pfn last = c.Machine.LastFreedFrame;
        bool same = ((free >> last.Value) & 1) != 0 && Injection.Strikes(c, InjectedFault.SameFrame);
        pfn = same ? last : new Pfn((byte)BitOperations.TrailingZeroCount(free));
        c.Machine.SetFree(pfn, free: false);
        c.Machine.SetContent(ref c.Touched, pfn, Token.Zero);
        ref Frame frame = ref c.ChangeFrame(pfn);
        frame.Kind = FrameKind.Fresh;
        frame.Refcount = 1;
        frame.Flags = FrameFlags.SwapBacked | FrameFlags.Lru;
        t.AddHold(pfn, pin: false);
        return true;
    }

    /// <summary>Takes references; the zero page is not counted.</summary>
    public static void Get(Context c, Pfn pfn, int amount)
    {
        if (!pfn.IsZeroPage)
        {
            c.ChangeFrame(pfn).Refcount += (ushort)amount;
        }
    }

    /// <summary>Drops references, and frees the page with the last.</summary>
    public static void Put(Context c, Pfn pfn, int amount)
    {
        if (pfn.IsZeroPage)
        {
            return;
        }

        ref Frame frame = ref c.ChangeFrame(pfn);
        if (frame.Refcount < amount)
        {
            throw BelowZero(pfn, frame.Refcount, amount);
        }

        frame.Refcount -= (ushort)amount;
        if (frame.Refcount == 0)
        {
            Free(c, pfn, ref frame);
        }
    }

    private static EncodingException BelowZero(Pfn pfn, int count, int amount) =>
        new($"reference count of {pfn} below zero: {count} - {amount}");

    private static void Free(Context c, Pfn pfn, ref Frame frame)
    {
        byte mapcount = frame.Mapcount;
        frame = default;
        frame.Mapcount = mapcount; // a page freed while mapped must stay visible as such
        c.Machine.SetFree(pfn, free: true);
        c.Touched.Contents |= 1ul << pfn.Value;
    }
}
