// Page frames: allocation, references, freeing. The lowest free frame is handed out, so that a frame just freed
// comes back at once and whoever still holds its number is found out.
// Not covered: pools of huge pages, per-CPU lists.

using System;
using System.Numerics;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Kernel;

internal static class PageAlloc
{
    /// <summary>The number by which a failing allocation is injected.</summary>
    public const byte AllocFault = 2;

    /// <summary>A zeroed page with one reference, which becomes a hold of the task; false if none is left.</summary>
    public static bool Alloc(Context c, ref Task t, out Pfn pfn)
    {
        ulong free = c.Machine.FreeFrames;
        pfn = default;
        if (free == 0 || InjectedFailure(c))
        {
            c.Reach(Goal.OutOfMemory);
            return false;
        }

        pfn = new Pfn((byte)BitOperations.TrailingZeroCount(free));
        c.Machine.SetFree(pfn, free: false);
        c.Machine.SetContent(ref c.Touched, pfn, Token.Zero);
        ref Frame frame = ref c.ChangeFrame(pfn);
        frame.Kind = FrameKind.Fresh;
        frame.Refcount = 1;
        frame.Flags = FrameFlags.SwapBacked | FrameFlags.Lru;
        t.AddHold(pfn, pin: false);
        return true;
    }

    private static bool InjectedFailure(Context c)
    {
        if (c.Machine.InjectedFault != AllocFault)
        {
            return false;
        }

        byte left = c.Machine.InjectedCount;
        c.Machine.InjectFault(left == 0 ? (byte)0 : AllocFault, (byte)Math.Max(0, left - 1));
        return left == 0;
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
            throw new EncodingException($"reference count of {pfn} below zero: {frame.Refcount} - {amount}");
        }

        frame.Refcount -= (ushort)amount;
        if (frame.Refcount == 0)
        {
            Free(c, pfn, ref frame);
        }
    }

    private static void Free(Context c, Pfn pfn, ref Frame frame)
    {
        byte mapcount = frame.Mapcount;
        frame = default;
        frame.Mapcount = mapcount; // a page freed while mapped must stay visible as such
        c.Machine.SetFree(pfn, free: true);
        c.Touched.Contents |= 1ul << pfn.Value;
    }
}
