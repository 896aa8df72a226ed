// Operands of generated operations: which page, how many, which handle, which context. Byte 3 of a record is the page,
// 4 the length, 5 the slot, 6 and 7 the details. Not covered: kinds and actors (Generator.cs).

using System;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.State;

namespace MmFuzz.Generators;

public sealed partial class Generator
{
    private const int SecondMapping = 8; // its first page

    private const ulong WithoutRange = 1ul << (int)OperationKind.Exit | 1ul << (int)OperationKind.ClearRefs
        | 1ul << (int)OperationKind.Fork | 1ul << (int)OperationKind.UffdClose | 1ul << (int)OperationKind.UffdRead
        | 1ul << (int)OperationKind.UffdOpen | 1ul << (int)OperationKind.Inject | 1ul << (int)OperationKind.Swapoff
        | 1ul << (int)OperationKind.Unref | 1ul << (int)OperationKind.Punch | 1ul << (int)OperationKind.Truncate
        | 1ul << (int)OperationKind.PipeRead | 1ul << (int)OperationKind.Unpin
        | 1ul << (int)OperationKind.DevRead | 1ul << (int)OperationKind.DevWrite;

    private bool MakeOperands(ChoiceRecord record, ref Operation op)
    {
        PickRange(record, ref op);
        switch (op.Kind)
        {
            case OperationKind.Mmap:
                return MakeMmap(record, ref op);
            case OperationKind.Mprotect:
                op.Flags |= record[6] switch
                {
                    < 100 => OperationFlags.Read,
                    < 235 => OperationFlags.Write,
                    _ => OperationFlags.None,
                };
                return true;
            case OperationKind.Fork:
                return MakeFork(record, ref op);
            case OperationKind.Pin or OperationKind.Get or OperationKind.Vmsplice:
                return MakeGup(record, ref op);
            case OperationKind.DirectIo or OperationKind.ProcessVm:
                op.Length = 1;
                op.Flags |= (record[6] & 1) != 0 ? OperationFlags.Write : OperationFlags.None;
                return true;
            case OperationKind.Ref:
                op.Length = 1;
                return PickFreeHandle(ref op);
            case OperationKind.PipeRead or OperationKind.Unpin or OperationKind.DevRead or OperationKind.DevWrite
                or OperationKind.Unref:
                return MakeDevice(record, ref op);
            case OperationKind.UffdOpen:
                return MakeOpen(record, ref op);
            case OperationKind.UffdClose or OperationKind.Register or OperationKind.Unregister or OperationKind.Wp
                or OperationKind.Unwp or OperationKind.UffdRead or OperationKind.Wake or OperationKind.Copy
                or OperationKind.Zeropage or OperationKind.Continue or OperationKind.Poison or OperationKind.Move:
                return MakeUffd(record, ref op);
            case OperationKind.Scan:
                op.Flags |= record[6] < 192 ? OperationFlags.Protect : OperationFlags.None;
                op.Flags |= (record[6] & 7) == 0 ? OperationFlags.CheckAsync : OperationFlags.None;
                return true;
            case OperationKind.Madvise:
                op.Number = (byte)(record[6] & 3);
                return true;
            case OperationKind.Populate:
                op.Flags |= (record[6] & 1) != 0 ? OperationFlags.Write : OperationFlags.None;
                return true;
            case OperationKind.Mremap:
                MakeForm(record, ref op);
                return MakeMremap(record, ref op);
            case OperationKind.Inject:
                op.Slot = (byte)(record[5] % (int)InjectedFault.SameSlot);
                op.Number = (byte)(record[6] & (op.Fault == InjectedFault.Alloc ? 3 : 1));
                return true;
            case OperationKind.FileWrite or OperationKind.Punch or OperationKind.Truncate:
                return MakeFileCall(record, ref op);
            case OperationKind.Load or OperationKind.Store or OperationKind.Swapout or OperationKind.Migrate
                or OperationKind.MigrateVma or OperationKind.MemoryFailure
                or OperationKind.Pagemap or OperationKind.ForceWrite:
                op.Length = 1;
                return true;
            default:
                return true;
        }
    }

    /// <summary>A file that was cut mostly gets its full size again.</summary>
    private bool MakeFileCall(ChoiceRecord record, ref Operation op)
    {
        op.Va = default;
        op.Length = 0;
        op.Slot = (byte)(Machine.InodeAt(new InodeId(FileInode)).Exists && record[5] < 160 ? FileInode : 0);
        ref readonly Inode inode = ref Machine.InodeAt(op.Inode);
        bool grows = op.Kind == OperationKind.Truncate && inode.Size < Limits.InodePages && record[6] < 192;
        op.Number = (byte)(grows ? Limits.InodePages : record[3] % Math.Min(swarm.HotPages, Limits.InodePages));
        return inode.Exists;
    }

    /// <summary>Hot pages of either mapping of the set-up, and now and then anything.</summary>
    private void PickRange(ChoiceRecord record, ref Operation op)
    {
        int drawn = record[3];
        int page = drawn & (swarm.HotPages - 1);
        page += swarm.HasSecondMapping ? (drawn >> 7) * SecondMapping : 0;
        page = record[7] >= 250 ? drawn & (Limits.PagesPerMm - 1) : page;
        int length = record[4] < swarm.Ranges ? 1 + (record[4] & (Math.Max(2, swarm.HotPages) - 1)) : 1;
        length = Math.Min(length, Limits.PagesPerMm - page);
        bool ranged = ((WithoutRange >> (int)op.Kind) & 1) == 0;
        op.Va = new Va((byte)(ranged ? page : 0));
        op.Length = (byte)(ranged ? length : 0);
    }

    private bool MakeOpen(ChoiceRecord record, ref Operation op)
    {
        op.Slot = (byte)(record[5] < 200 ? 0 : 1);
        op.Flags |= record[6] < 20 ? OperationFlags.Sigbus : OperationFlags.None;
        op.Number = (byte)(record[6] switch
        {
            >= 20 and < 60 => UffdFeatures.WpAsync,
            >= 60 and < 90 => UffdFeatures.WpUnpopulated,
            >= 90 and < 120 => UffdFeatures.EventFork,
            >= 120 and < 140 => UffdFeatures.EventRemap | UffdFeatures.EventUnmap,
            >= 140 and < 150 => UffdFeatures.EventRemove,
            _ => UffdFeatures.None,
        });
        return !Machine.UffdAt(op.Uffd).IsOpen;
    }

    private static bool MakeMmap(ChoiceRecord record, ref Operation op)
    {
        op.Flags |= record[6] < 220 ? OperationFlags.Write : OperationFlags.Read;
        op.Flags |= (record[7] & 6) == 0 ? OperationFlags.Fixed : OperationFlags.None;
        op.Length = (byte)Math.Min(2 + (record[4] & 3), Limits.PagesPerMm - op.Va.Value);
        if (record[5] < 112)
        {
            op.Mapping = VmaKind.Anon;
            return true;
        }

        // the same file at the same place again, or next to it: what VMA merging and second mappings need
        op.Mapping = record[5] switch
        {
            < 200 => VmaKind.MemfdShared,
            < 224 => VmaKind.MemfdPrivate,
            < 240 => VmaKind.FilePrivate,
            _ => VmaKind.SharedAnon,
        };
        op.Slot = (byte)(op.Mapping == VmaKind.SharedAnon ? 2 + (record[7] & 1)
            : op.Mapping == VmaKind.FilePrivate ? FileInode
            : 0);
        op.Number = (byte)(op.Mapping == VmaKind.SharedAnon ? 0 : op.Va.Value & 7);
        op.Length = (byte)Math.Min((int)op.Length, Limits.InodePages - op.Number);
        return true;
    }

    /// <summary>
    /// Mostly a plain move; else one that leaves the old mapping behind, or to another length, with a move or without;
    /// what is locked grows, which faults in what is new, or stays behind.
    /// </summary>
    private void MakeForm(ChoiceRecord record, ref Operation op)
    {
        int form = record[7] & 15;
        int index = Machine.FindVma(op.Process, op.Va);
        bool locked = index >= 0 && Machine.VmaAt(op.Process, index).Has(VmFlags.Locked);
        bool leaves = form < 3 || (locked && form > 12);
        op.Flags |= leaves ? OperationFlags.DontUnmap : form is 3 or 4 ? OperationFlags.InPlace : OperationFlags.None;
        if (leaves || (!locked && form > 7))
        {
            return;
        }

        bool toEnd = op.Has(OperationFlags.InPlace) && (record[6] & 3) != 0 && index >= 0;
        op.Length = toEnd ? (byte)(Machine.VmaAt(op.Process, index).End - op.Va.Value) : op.Length; // where it may grow
        int most = Limits.PagesPerMm - (op.Has(OperationFlags.InPlace) ? op.Va.Value : 0);
        int length = 1 + ((record[4] >> 4) % Math.Max(4, swarm.HotPages));
        op.Resized = (byte)Math.Min(locked ? Math.Max(length, op.Length + 1) : length, most);
    }

    /// <summary>Mostly to hot pages: what is moved there is used again, and what was there is not.</summary>
    private bool MakeMremap(ChoiceRecord record, ref Operation op)
    {
        if (op.Has(OperationFlags.InPlace))
        {
            return true;
        }

        int hot = (record[5] % swarm.HotPages) + ((record[5] & 0x80) != 0 ? 8 : 0);
        int target = record[6] < 192 ? hot : record[5] % Limits.PagesPerMm;
        op.Number = (byte)Math.Min(target, Limits.PagesPerMm - op.NewLength);
        return op.Number >= op.End || op.Va.Value >= op.Number + op.NewLength;
    }

    /// <summary>Mostly a page that is there to a place where none is, which is rare among hot pages.</summary>
    private bool MakeMove(ChoiceRecord record, ref Operation op)
    {
        MmId mm = Machine.UffdAt(op.Uffd).Mm;
        int there = 0;
        int holes = 0;
        for (byte va = 0; va < Limits.PagesPerMm && !mm.IsNone; va++)
        {
            var page = new Va(va);
            int index = Machine.FindVma(mm, page);
            if (index >= 0 && Machine.VmaAt(mm, index).IsAnon)
            {
                bool none = Machine.PteAt(new EntryIndex(mm, page)).IsNone;
                there |= none ? 0 : 1 << va;
                holes |= none ? 1 << va : 0;
            }
        }

        if (there == 0 || holes == 0 || record[6] >= 192)
        {
            return MakeMremap(record, ref op);
        }

        op.Length = 1;
        op.Va = new Va((byte)Nearest(there, op.Va.Value));
        op.Number = (byte)Nearest(holes, record[5] % Limits.PagesPerMm);
        return true;
    }

    private bool MakeFork(ChoiceRecord record, ref Operation op)
    {
        int free = 0;
        for (int p = 0; p < swarm.Processes; p++)
        {
            free |= Machine.MmAt(new MmId((byte)p)).State == MmState.Free ? 1 << p : 0;
        }

        op.Slot = free == 0 ? (byte)0 : (byte)Nearest(free, record[5] & 3);
        return free != 0;
    }

    private bool MakeGup(ChoiceRecord record, ref Operation op)
    {
        op.Length = (byte)Math.Min((int)op.Length, Limits.HandlePages);
        bool follows = record[6] >= 240 && op.Kind != OperationKind.Vmsplice;
        op.Flags |= record[6] < 128 ? OperationFlags.Fast : follows ? OperationFlags.Follow : OperationFlags.None;
        bool write = op.Kind != OperationKind.Vmsplice && (record[6] & 1) != 0;
        op.Flags |= write ? OperationFlags.Write : OperationFlags.None;
        if (op.Kind != OperationKind.Vmsplice)
        {
            op.Flags |= record[7] switch
            {
                < 24 => OperationFlags.Force,
                < 56 when op.Kind == OperationKind.Pin => OperationFlags.Longterm,
                >= 244 => OperationFlags.Nowait,
                _ => OperationFlags.None,
            };
        }

        return PickFreeHandle(ref op);
    }

    private bool PickFreeHandle(ref Operation op)
    {
        for (byte h = 0; h < Limits.Handles; h++)
        {
            if (Machine.HandleAt(new HandleId(h)).Kind == HandleKind.None)
            {
                op.Slot = h;
                return true;
            }
        }

        return false;
    }

    private bool MakeDevice(ChoiceRecord record, ref Operation op)
    {
        const int Taken = 1 << (int)HandleKind.Pin | 1 << (int)HandleKind.Get;
        int kinds = op.Kind switch
        {
            OperationKind.Unref => 1 << (int)HandleKind.Lookup,
            OperationKind.PipeRead => 1 << (int)HandleKind.Pipe,
            OperationKind.DevWrite => 1 << (int)HandleKind.Pin,
            OperationKind.Unpin => Taken,
            _ => Taken | 1 << (int)HandleKind.Pipe,
        };
        bool writes = op.Kind == OperationKind.DevWrite;
        int fit = 0;
        for (int h = 0; h < Limits.Handles; h++)
        {
            ref readonly GupHandle handle = ref Machine.HandleAt(new HandleId((byte)h));
            int fits = (kinds >> (int)handle.Kind) & (!writes | handle.IsWrite ? 1 : 0);
            fit |= fits << h;
        }

        if (fit == 0)
        {
            return false;
        }

        op.Slot = (byte)Nearest(fit, record[5] % Limits.Handles);
        int pages = Machine.HandleAt(op.Handle).Count;
        op.Number = op.Kind is OperationKind.DevRead or OperationKind.DevWrite ? (byte)(record[6] % pages) : (byte)0;
        return true;
    }

    private bool MakeUffd(ChoiceRecord record, ref Operation op)
    {
        int open = 0;
        for (byte u = 0; u < Limits.Uffds; u++)
        {
            open |= Machine.UffdAt(new UffdId(u)).IsOpen ? 1 << u : 0;
        }

        if (open == 0)
        {
            return false;
        }

        op.Slot = (byte)Nearest(open, record[5] & 1);
        op.Flags |= op.Kind == OperationKind.Unwp && record[6] < 20 ? OperationFlags.DontWake : OperationFlags.None;
        if (op.Kind == OperationKind.Register)
        {
            bool all = record[6] < 128;
            op.Va = all ? default : op.Va;
            op.Length = all ? (byte)Limits.PagesPerMm : op.Length;
            op.Number = (record[6] & 31) switch { < 22 => 0, < 24 => 1, < 27 => 3, < 29 => 4, < 31 => 6, _ => 7 };
        }

        if (op.Kind == OperationKind.Move)
        {
            op.Flags |= record[7] < 20 ? OperationFlags.DontWake : OperationFlags.None;
            op.Flags |= (record[7] & 2) != 0 ? OperationFlags.AllowHoles : OperationFlags.None;
            return MakeMove(record, ref op);
        }

        if (op.Fills)
        {
            op.Flags |= record[6] < 20 ? OperationFlags.DontWake : OperationFlags.None;
            bool canProtect = op.Kind is OperationKind.Copy or OperationKind.Continue;
            op.Flags |= canProtect && (record[6] & 3) == 0 ? OperationFlags.Protect : OperationFlags.None;
            AnswerEvent(record, ref op);
        }

        return true;
    }

    /// <summary>Half of the time the page that somebody waits for, if anybody does.</summary>
    private void AnswerEvent(ChoiceRecord record, ref Operation op)
    {
        int waiting = 0;
        for (int a = 0; a < Limits.UserActors; a++)
        {
            ref readonly UffdEvent queued = ref Machine.EventAt(new ActorId((byte)a));
            bool sleeps = queued.State is UffdEventState.Pending or UffdEventState.Read;
            waiting |= sleeps && queued.Uffd == op.Uffd ? 1 << a : 0;
        }

        if (waiting != 0 && (record[7] & 1) == 0)
        {
            var actor = new ActorId((byte)Nearest(waiting, record[2] % Limits.UserActors));
            op.Va = Machine.EventAt(actor).Va;
            op.Length = (byte)Math.Min((int)op.Length, Limits.PagesPerMm - op.Va.Value);
        }
    }
}
