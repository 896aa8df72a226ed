// The plainest accesses: a translation that is there and agrees with the page table, in memory of which everything is
// known, that nothing under way has to do with. Whether one is that is asked by one long condition and one branch; it
// asks all that the contract and the rules of entries would ask after it, so there is nothing left to judge.
// Not covered: any other access (Runner.Hit.cs).

using System.Runtime.CompilerServices;
using MmFuzz.Engine.Kernel;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.Properties;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine;

public sealed partial class Runner
{
    /// <summary>What a row may not have: then content or result is not a matter of course.</summary>
    private const RowFlags NotPlain = RowFlags.ProtectionUnknown | RowFlags.Poisoned | RowFlags.Guarded
        | RowFlags.Doubled | RowFlags.Mapped;

    private const ulong OfPlainLoads = 1ul << (int)Clause.WrongLoad | 1ul << (int)Clause.WrongResult;

    private const ulong OfPlainStores = 1ul << (int)Clause.WrongContent | 1ul << (int)Clause.WrongResult;

    /// <summary>What changes the meaning of a store while it is under way.</summary>
    private const ulong MindsStores = 1ul << (int)OperationKind.Fork | 1ul << (int)OperationKind.Free;

    /// <summary>
    /// Whether the access goes through a translation that agrees with the page table, or can be walked for, must
    /// succeed, finds or leaves one content only, and nothing that others have under way could make a difference.
    /// Each condition is a number that is 0 if it holds: so there is one branch, and little work.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // once for loads, once for stores
    private bool IsPlain(in World w, in Operation op, bool store, out bool cached)
    {
        var entry = new EntryIndex(op.Process, op.Va);
        Pte pte = w.Machine.PteAt(entry);
        ref readonly PageRow row = ref w.Reference.RowAt(entry);
        ref readonly Frame frame = ref w.Machine.FrameAt(pte.AnyPfn);
        RowFlags flags = row.Flags;
        RowFlags has = RowFlags.Mapped | (store ? RowFlags.Write : RowFlags.Read);
        RowFlags looked = has | NotPlain | (store ? RowFlags.UffdProtected : RowFlags.None);
        FrameFlags lacks = FrameFlags.HwPoison | (store ? FrameFlags.SwapCache : FrameFlags.None);
        uint differs = (uint)((flags & looked) ^ has) | (uint)(frame.Flags & lacks)
            | pte.LacksFor(store ? EntryBits.Write : EntryBits.None);
        differs |= (flags & (RowFlags.Open | RowFlags.HasFile | RowFlags.Shared)) == 0
            ? (uint)(frame.Content.Value ^ row.Value.Value) | (uint)(frame.Flags & FrameFlags.PageCache)
            : DiffersFromFile(in w, in frame, in row);

        TlbEntry translation = w.Machine.TlbAt(op.Actor.Cpu, op.Va);
        uint other = translation.DiffersFrom(op.Process);
        cached = (other | (store ? translation.LacksForStores : 0)) == 0;
        uint walking = (uint)(pte.Bits & EntryBits.Protnone) | (store && other == 0 ? translation.LacksWrite : 0);
        differs |= cached ? (uint)(translation.Pfn.Value ^ pte.AnyPfn.Value) : walking;
        return differs == 0
            && (!store || ((w.Machine.BusyKinds & MindsStores) == 0
                && StoresPlainly(in w, in frame, in row, entry, pte)));
    }

    /// <summary>0 if a page that has to do with a file holds one content only: its, or that of the copy.</summary>
    private static uint DiffersFromFile(in World w, in Frame frame, in PageRow row)
    {
        ref readonly FileRow file = ref w.Reference.FileAt(row.File);
        uint cut = (uint)(file.Place - FilePlace.Inside);
        return row.HasAny(RowFlags.Shared) | row.IsUnbroken
            ? cut | (uint)(~frame.Flags & FrameFlags.PageCache) | (uint)(frame.Content.Value ^ file.Value.Value)
            : cut | (uint)(frame.Flags & FrameFlags.PageCache) | (uint)(frame.Content.Value ^ row.Value.Value)
                | (uint)(row.Flags & RowFlags.Open);
    }

    /// <summary>
    /// What the rules of entries would ask after the store: writable, exclusive if that is tracked, marked, and the
    /// only one that maps the page, or one of a file that nobody maps privately.
    /// </summary>
    private bool StoresPlainly(in World w, in Frame frame, in PageRow row, EntryIndex entry, Pte pte)
    {
        const EntryBits Looked = EntryBits.Write | EntryBits.UffdWp | EntryBits.Protnone;
        FrameFlags exclusive = checker.TracksExclusive ? FrameFlags.AnonExclusive : FrameFlags.None;
        uint differs = (uint)((pte.Bits & Looked) ^ EntryBits.Write) | w.Machine.PtLockOwner(entry.PtLock);
        if (!pte.HasBit(EntryBits.SoftDirty) && EntryRules.NeedsMark(in w.Machine, entry))
        {
            return false;
        }

        differs |= frame.InPageCache
            ? w.Machine.InodeAt(row.File.Inode).PrivateMappings
            : (uint)(frame.Kind ^ FrameKind.Anon) | (frame.Mapcount ^ 1u) | (uint)(exclusive & ~frame.Flags);
        return differs == 0;
    }

    /// <summary>Executes what is plain. What it touches looks right as before: that was asked.</summary>
    private void AccessPlainly(ref World w, in Operation op, bool store, bool cached)
    {
        var entry = new EntryIndex(op.Process, op.Va);
        if (!cached)
        {
            Hardware.Walk(context, op.Actor.Cpu, entry, store);
        }

        Pfn pfn = w.Machine.PteAt(entry).Pfn;
        ref Task task = ref w.Machine.ChangeTask(ref context.Touched, op.Actor);
        task.Errno = (byte)Errno.None;
        task.Value = store ? default : w.Machine.FrameAt(pfn).Content;
        w.Machine.NoteMoved(op.Actor);
        if (store)
        {
            var token = new Token(entry, w.Machine.NextSerial());
            w.Machine.SetContent(ref context.Touched, pfn, token);
            Contracts.StoredPlainly(ref w, ref context.Touched, entry, token);
        }

        context.Touched = default;
        checker.Note(store ? OfPlainStores : OfPlainLoads);
    }
}
