// UFFDIO_REGISTER, UFFDIO_UNREGISTER and closing the descriptor. All three hold mmap_lock for writing, so that no fault
// sees a range half-registered.
// Not covered: mappings of files, which WP_ASYNC may register too.

using System;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Kernel;

internal static class UffdRegister
{
    private enum Stage : byte
    {
        Begin,
        Visit,
        Set,
    }

    /// <summary>Argument: context; Argument2: modes.</summary>
    public static Progress Step(Context c, ref Task t) => (Stage)t.Stage switch
    {
        Stage.Begin => Begin(c, ref t), // mmap_lock for writing, kept to the end; all mappings are asked first
        Stage.Visit => Visit(c, ref t), // one mapping: protection that nobody would watch any more goes first
        Stage.Set => Set(c, ref t),     // then its modes are those asked for now
    };

    /// <summary>
    /// vma_can_userfault: anonymous and shared memory, each in the modes that work there; with WP_ASYNC anything, for
    /// write-protection alone.
    /// </summary>
    public static bool CanUserfault(Context c, UffdId uffd, in Vma vma, UffdModes modes) =>
        (modes == UffdModes.Wp && (c.Machine.UffdAt(uffd).Features & UffdFeatures.WpAsync) != 0)
        || CanUserfault(c, in vma, modes);

    private static bool CanUserfault(Context c, in Vma vma, UffdModes modes) => vma.Kind switch
    {
        VmaKind.Anon => (modes & UffdModes.Minor) == 0,
        VmaKind.SharedAnon or VmaKind.MemfdShared or VmaKind.MemfdPrivate =>
            ((modes & UffdModes.Wp) == 0 || c.Has(Fix.UffdWpShmem))
            && ((modes & UffdModes.Minor) == 0 || c.Has(Fix.UffdMinorShmem)),
        VmaKind.None or VmaKind.FilePrivate or VmaKind.HugetlbShared or VmaKind.HugetlbPrivate => false,
    };

    /// <summary>The modes that a mapping is registered in.</summary>
    public static UffdModes ModesOf(in Vma vma) =>
        (vma.UffdMissing ? UffdModes.Missing : UffdModes.None)
        | (vma.UffdWp ? UffdModes.Wp : UffdModes.None)
        | (vma.UffdMinor ? UffdModes.Minor : UffdModes.None);

    private static Progress Begin(Context c, ref Task t)
    {
        var uffd = new UffdId(t.Argument);
        bool knows = ((UffdModes)t.Argument2 & UffdModes.Wp) == 0 || c.Has(Fix.UffdWp);
        if (!Userfaultfd.IsRange(t.Va, t.Length) || !knows)
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

        Errno errno = Check(c, in t, uffd);
        t.OuterCursor = t.Va.Value;
        return errno == Errno.None ? t.Next(Stage.Visit) : t.Finish(c, errno);
    }

    private static Errno Check(Context c, in Task t, UffdId uffd)
    {
        int end = t.Va.Value + t.Length;
        int index = VmaTree.NextVma(c, t.Mm, t.Va.Value, end);
        if (index < 0)
        {
            return Errno.EINVAL;
        }

        for (; index >= 0; index = VmaTree.NextVma(c, t.Mm, c.VmaAt(t.Mm, index).End, end))
        {
            ref readonly Vma vma = ref c.VmaAt(t.Mm, index);
            if (!CanUserfault(c, uffd, in vma, (UffdModes)t.Argument2))
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

    private static Progress Visit(Context c, ref Task t)
    {
        var modes = (UffdModes)t.Argument2;
        int index = VmaTree.NextVma(c, t.Mm, t.OuterCursor, t.Va.Value + t.Length);
        while (index >= 0 && c.VmaAt(t.Mm, index).Uffd != 0 && (ModesOf(in c.VmaAt(t.Mm, index)) & modes) == modes)
        {
            t.OuterCursor = c.VmaAt(t.Mm, index).End; // already registered, in these modes and perhaps more
            index = VmaTree.NextVma(c, t.Mm, t.OuterCursor, t.Va.Value + t.Length);
        }

        if (index < 0)
        {
            VmaTree.Merge(c, t.Mm);
            return t.Finish(c, Errno.None);
        }

        ref readonly Vma vma = ref c.VmaAt(t.Mm, index);
        t.OuterCursor = Math.Max(t.OuterCursor, vma.Start);
        t.Cursor = t.OuterCursor;
        t.End = (byte)Math.Min(t.Va.Value + t.Length, vma.End);
        t.Change = ProtectionChange.UffdResolve;
        bool forgets = vma.UffdWp && (modes & UffdModes.Wp) == 0 && c.Has(Fix.RegisterResetsProtection);
        return forgets ? t.Call(KernelPath.ChangeProtection, Stage.Set) : Set(c, ref t);
    }

    private static Progress Set(Context c, ref Task t)
    {
        int index = VmaTree.Isolate(c, t.Mm, t.OuterCursor, t.End);
        if (index < 0)
        {
            VmaTree.Merge(c, t.Mm);
            return t.Finish(c, Errno.ENOMEM);
        }

        var modes = (UffdModes)t.Argument2;
        ref Vma vma = ref c.ChangeVma(t.Mm, index);
        vma.Flags &= ~VmFlags.UffdAny;
        vma.Flags |= (modes & UffdModes.Missing) != 0 ? VmFlags.UffdMissing : VmFlags.None;
        vma.Flags |= (modes & UffdModes.Wp) != 0 ? VmFlags.UffdWp : VmFlags.None;
        vma.Flags |= (modes & UffdModes.Minor) != 0 ? VmFlags.UffdMinor : VmFlags.None;
        vma.Uffd = (byte)(t.Argument + 1);
        VmaTree.SetPageProt(c, t.Mm, index);
        t.OuterCursor = t.End;
        return t.Next(Stage.Visit);
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
            return closes ? Release(c, ref t) : t.Finish(c, Errno.ENOMEM);
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

        ref readonly Vma before = ref c.VmaAt(t.Mm, index);
        if ((before.UffdMissing && c.Has(Fix.UnregisterWake)) || c.Has(Fix.UnregisterWakesAll))
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

        Userfaultfd.EndEvents(c, uffd);
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

            found = UffdRegister.CanUserfault(c, new UffdId(uffd), in vma, UffdRegister.ModesOf(in vma));
            index = VmaTree.NextVma(c, mm, vma.End, end);
        }

        return found;
    }

    private static bool Closes(in Task t) => t.Argument2 != 0;

    private static int Start(in Task t) => Closes(in t) ? 0 : t.Va.Value;

    private static int End(in Task t) => Closes(in t) ? Limits.PagesPerMm : t.Va.Value + t.Length;
}
