// What is done with the pages of a handle: a device stores and loads, the reader of a pipe loads, and in the end
// the references are dropped. All of it happens at once and needs no task.
// Not covered: taking the pages (Gup, Gup.Fast), what a device must see (Properties).

using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Kernel;

internal static class GupHandles
{
    /// <summary>
    /// unpin_user_pages_dirty_lock for pins, put_page for plain references (a device's, or a pipe's). What a device
    /// wrote shows in no entry, so a writer's pages must be marked dirty again: their owner may have been cleaned.
    /// </summary>
    public static Errno Unpin(Context c, HandleId id)
    {
        GupHandle handle = c.Machine.HandleAt(id);
        if (!handle.IsLive)
        {
            return Errno.EINVAL;
        }

        for (int i = 0; i < handle.Count && handle.IsPin; i++)
        {
            SanityCheckPinnedPage(c, handle.Pages[i]);
        }

        for (int i = 0; i < handle.Count; i++)
        {
            Release(c, in handle, handle.Pages[i]);
        }

        c.Machine.ChangeHandle(ref c.Touched, id) = default;
        return Errno.None;
    }

    /// <summary>folio_try_get by somebody who came upon the page by no entry, and will let go of it soon.</summary>
    public static Errno Lookup(Context c, HandleId id, MmId mm, Va va)
    {
        if (!Rmap.TryFindFolio(c, mm, va, swapCache: true, out Pfn pfn) || pfn.IsZeroPage)
        {
            return Errno.ENOENT;
        }

        PageAlloc.Get(c, pfn, 1);
        ref GupHandle handle = ref c.Machine.ChangeHandle(ref c.Touched, id);
        handle.Kind = HandleKind.Lookup;
        handle.Mm = mm;
        handle.Va = va;
        handle.Count = 1;
        handle.Pages[0] = pfn;
        return Errno.None;
    }

    /// <summary>A device stores into a page of the handle; it knows neither page tables nor write-protection.</summary>
    public static Errno DeviceWrite(Context c, HandleId id, int page, Token token)
    {
        ref readonly GupHandle handle = ref c.Machine.HandleAt(id);
        if (!handle.IsLive || !handle.IsWrite || page >= handle.Count)
        {
            return Errno.EINVAL;
        }

        c.Machine.SetContent(ref c.Touched, handle.Pages[page], token);
        return Errno.None;
    }

    /// <summary>A device, or whoever reads the pipe, loads from a page of the handle.</summary>
    public static Errno DeviceRead(Context c, HandleId id, int page, out Token token)
    {
        ref readonly GupHandle handle = ref c.Machine.HandleAt(id);
        if (!handle.IsLive || page >= handle.Count)
        {
            token = Token.Zero;
            return Errno.EINVAL;
        }

        token = c.FrameAt(handle.Pages[page]).Content;
        return Errno.None;
    }

    /// <summary>sanity_check_pinned_pages (5.19): a pinned anonymous page is exclusive until unpinned.</summary>
    public static void SanityCheckPinnedPage(Context c, Pfn pfn)
    {
        ref readonly Frame frame = ref c.FrameAt(pfn);
        if (c.Profile.TracksExclusive && frame.IsAnon && !frame.AnonExclusive)
        {
            c.Warning = KernelWarning.UnpinOfSharedPage;
        }
    }

    private static void Release(Context c, in GupHandle handle, Pfn pfn)
    {
        if (pfn.IsZeroPage)
        {
            return;
        }

        if (handle.IsWrite && (handle.IsOfCall || c.Has(Fix.UnpinDirty)))
        {
            c.ChangeFrame(pfn).Set(FrameFlags.Dirty);
        }

        ref readonly Frame frame = ref c.FrameAt(pfn);
        if (handle.IsPin && frame.IsAnon && frame.Mapcount == 0)
        {
            c.Reach(Goal.PinOutlivedMapping);
        }

        PageAlloc.Put(c, pfn, handle.Amount);
    }
}
