// UFFDIO_REGISTER (mode WP), UFFDIO_UNREGISTER and closing the descriptor. All three hold mmap_lock for writing, so
// that no fault sees a range half-registered; registering touches no entry and is therefore one stage.
// Not covered: modes MISSING and MINOR, UFFD_FEATURE_WP_ASYNC (which lets any mapping be registered).

using System;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Kernel;

internal static class UffdRegister
{
    public static Progress Step(Context c, ref Task t)
    {
        var uffd = new UffdId(t.Argument);
        if (!Userfaultfd.IsRange(t.Va, t.Length))
        {
            return t.Finish(c, Errno.EINVAL);
        }

        if (!Userfaultfd.IsWatching(c, uffd))
        {
            return t.Finish(c, Errno.ENOMEM); // as UFFDIO_REGISTER says it; UFFDIO_WRITEPROTECT says ESRCH
        }

        if (c.Machine.UffdAt(uffd).Mm != t.Mm)
        {
            return t.Finish(c, Errno.EINVAL);
        }

        if (!t.TryWriteMmap(c, t.Mm))
        {
            return Progress.Wait;
        }

        int end = t.Va.Value + t.Length;
        Errno errno = Check(c, t.Mm, uffd, t.Va.Value, end);
        if (errno == Errno.None)
        {
            errno = Register(c, t.Mm, uffd, t.Va.Value, end);
            VmaTree.Merge(c, t.Mm);
        }

        return t.Finish(c, errno);
    }

    /// <summary>vma_can_userfault for write-protection: anonymous memory, and shared memory where that works.</summary>
    public static bool CanUserfault(Context c, in Vma vma) => vma.Kind switch
    {
        VmaKind.Anon => true,
        VmaKind.SharedAnon or VmaKind.MemfdShared or VmaKind.MemfdPrivate => c.Has(Fix.UffdWpShmem),
        VmaKind.None or VmaKind.FilePrivate or VmaKind.HugetlbShared or VmaKind.HugetlbPrivate => false,
    };

    private static Errno Check(Context c, MmId mm, UffdId uffd, int start, int end)
    {
        int index = VmaTree.NextVma(c, mm, start, end);
        if (index < 0)
        {
            return Errno.EINVAL;
        }

        for (; index >= 0; index = VmaTree.NextVma(c, mm, c.VmaAt(mm, index).End, end))
        {
            ref readonly Vma vma = ref c.VmaAt(mm, index);
            if (!CanUserfault(c, in vma))
            {
                return Errno.EINVAL;
            }

            if (!vma.Has(VmFlags.MayWrite))
            {
                return Errno.EPERM;
            }

            if (vma.Uffd != 0 && vma.Uffd != uffd.Value + 1)
            {
                return Errno.EBUSY;
            }
        }

        return Errno.None;
    }

    private static Errno Register(Context c, MmId mm, UffdId uffd, int start, int end)
    {
        for (int index = VmaTree.NextVma(c, mm, start, end); index >= 0;
            index = VmaTree.NextVma(c, mm, start, end))
        {
            ref readonly Vma vma = ref c.VmaAt(mm, index);
            int first = Math.Max(start, vma.Start);
            start = Math.Min(end, vma.End);
            if (vma.Uffd != 0 && vma.UffdWp)
            {
                continue; // already registered with this context, in this mode
            }

            index = VmaTree.Isolate(c, mm, first, start);
            if (index < 0)
            {
                return Errno.ENOMEM;
            }

            ref Vma mine = ref c.ChangeVma(mm, index);
            mine.Flags = (mine.Flags & ~VmFlags.UffdAny) | VmFlags.UffdWp;
            mine.Uffd = (byte)(uffd.Value + 1);
            VmaTree.SetPageProt(c, mm, index);
        }

        return Errno.None;
    }
}

internal static class UffdUnregister
{
    private enum Stage : byte
    {
        Begin,
        Visit,
        Clear,
        Release,
    }

    public static Progress Step(Context c, ref Task t) => (Stage)t.Stage switch
    {
        Stage.Begin => Begin(c, ref t),     // mmap_lock for writing, kept to the end
        Stage.Visit => Visit(c, ref t),     // one mapping: its entries first, while it still is registered
        Stage.Clear => Clear(c, ref t),     // then its registration
        Stage.Release => Release(c, ref t), // close: nobody can reach the context any more, so all wake
    };

    private static Progress Begin(Context c, ref Task t)
    {
        var uffd = new UffdId(t.Argument);
        bool closes = Closes(in t);
        if (!closes && !Userfaultfd.IsRange(t.Va, t.Length))
        {
            return t.Finish(c, Errno.EINVAL);
        }

        if (!Userfaultfd.IsWatching(c, uffd))
        {
            return closes ? Release(c, ref t) : t.Finish(c, Errno.ESRCH);
        }

        MmId mm = c.Machine.UffdAt(uffd).Mm;
        if (!t.TryWriteMmap(c, mm))
        {
            return Progress.Wait;
        }

        t.Mm = mm;
        t.OuterCursor = (byte)Start(in t);
        return closes || IsCompatible(c, mm, t.Argument, Start(in t), End(in t))
            ? t.Next(Stage.Visit)
            : t.Finish(c, Errno.EINVAL);
    }

    private static Progress Visit(Context c, ref Task t)
    {
        int index = VmaTree.NextVma(c, t.Mm, t.OuterCursor, End(in t));
        while (index >= 0 && !IsMine(c, in t, in c.VmaAt(t.Mm, index)))
        {
            t.OuterCursor = c.VmaAt(t.Mm, index).End; // not registered, or (close) with another context
            index = VmaTree.NextVma(c, t.Mm, t.OuterCursor, End(in t));
        }

        if (index < 0)
        {
            VmaTree.Merge(c, t.Mm);
            return Closes(in t) ? t.Next(Stage.Release) : t.Finish(c, Errno.None);
        }

        ref readonly Vma vma = ref c.VmaAt(t.Mm, index);
        t.Cursor = Math.Max(t.OuterCursor, vma.Start);
        t.End = (byte)Math.Min(End(in t), vma.End);
        t.OuterCursor = t.Cursor;
        t.Change = ProtectionChange.UffdResolve;
        return c.Has(Fix.UffdUnregister) && vma.UffdWp
            ? t.Call(KernelPath.ChangeProtection, Stage.Clear)
            : t.Next(Stage.Clear);
    }

    private static Progress Clear(Context c, ref Task t)
    {
        int index = VmaTree.Isolate(c, t.Mm, t.OuterCursor, t.End);
        if (index < 0)
        {
            VmaTree.Merge(c, t.Mm);
            return t.Finish(c, Errno.ENOMEM);
        }

        if (c.Has(Fix.UnregisterWake))
        {
            var watching = new UffdId((byte)(c.VmaAt(t.Mm, index).Uffd - 1));
            Userfaultfd.Wake(c, watching, t.Mm, t.OuterCursor, t.End);
        }

        ref Vma vma = ref c.ChangeVma(t.Mm, index);
        vma.Flags &= ~VmFlags.UffdAny;
        vma.Uffd = 0;
        VmaTree.SetPageProt(c, t.Mm, index);
        t.OuterCursor = t.End;
        return t.Next(Stage.Visit);
    }

    private static Progress Release(Context c, ref Task t)
    {
        var uffd = new UffdId(t.Argument);
        ref Uffd context = ref c.Machine.ChangeUffd(ref c.Touched, uffd);
        if (!context.Mm.IsNone)
        {
            Userfaultfd.Wake(c, uffd, context.Mm, 0, Limits.PagesPerMm);
        }

        context = default;
        context.Mm = MmId.None;
        return t.Finish(c, Errno.None);
    }

    /// <summary>Up to 6.16 UFFDIO_UNREGISTER took other contexts' registrations away too.</summary>
    private static bool IsMine(Context c, ref readonly Task t, in Vma vma) =>
        vma.Uffd == t.Argument + 1 || (vma.Uffd != 0 && !Closes(in t) && !c.Has(Fix.UnregisterForeign));

    /// <summary>
    /// UFFDIO_UNREGISTER refuses mappings that no userfaultfd can watch, since 6.17 those that another one watches, and
    /// a range without any.
    /// </summary>
    private static bool IsCompatible(Context c, MmId mm, byte uffd, int start, int end)
    {
        int index = VmaTree.NextVma(c, mm, start, end);
        bool found = index >= 0;
        while (found && index >= 0)
        {
            ref readonly Vma vma = ref c.VmaAt(mm, index);
            if (vma.Uffd != 0 && vma.Uffd != uffd + 1 && c.Has(Fix.UnregisterForeign))
            {
                return false;
            }

            found = !vma.UffdWp ? vma.Kind != VmaKind.FilePrivate : UffdRegister.CanUserfault(c, in vma);
            index = VmaTree.NextVma(c, mm, vma.End, end);
        }

        return found;
    }

    private static bool Closes(in Task t) => t.Argument2 != 0;

    private static int Start(in Task t) => Closes(in t) ? 0 : t.Va.Value;

    private static int End(in Task t) => Closes(in t) ? Limits.PagesPerMm : t.Va.Value + t.Length;
}
