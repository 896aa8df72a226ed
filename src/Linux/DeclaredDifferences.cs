// What Linux, or the way it is asked, may do otherwise than the model without either being wrong: one table, each entry
// with its reason. Nothing else is forgiven anywhere. Where an entry applies, the program is compared up to there.
// Not covered: differences that are findings about Linux (docs/kernel-findings.md).

using System.Collections.Immutable;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.State;

namespace MmFuzz.Linux;

/// <summary>A declared difference.</summary>
public enum DeclaredDifference : byte
{
    /// <summary>None.</summary>
    None,

    /// <summary>Several threads woken by one operation.</summary>
    OrderOfWoken,

    /// <summary>A pin of which only a part can be had.</summary>
    PartialPin,

    /// <summary>The model is near one of its limits.</summary>
    ModelSize,

    /// <summary>The model refuses for want of room.</summary>
    ModelRefuses,

    /// <summary>mremap takes the registration from what the moved pages are joined with.</summary>
    MremapUnregisters,

    /// <summary>Two neighbouring mappings that are alike may be one, or two.</summary>
    JoinedMappings,

    /// <summary>Which neighbours a fault maps besides.</summary>
    FaultAround,

    /// <summary>Linux has a page table where the model has none.</summary>
    PageTableSize,

    /// <summary>A discard waits between two mappings.</summary>
    DiscardInParts,

    /// <summary>A fault that is heard of while a change waits for its manager.</summary>
    FaultWhileChanging,

    /// <summary>Pages that a pin for long, or a migration, moves besides.</summary>
    MovablePin,

    /// <summary>The executor cannot do a line in the state that the program is in.</summary>
    ExecutorUnable,

    /// <summary>A call that never ends.</summary>
    EndlessCall,
}

/// <summary>An entry of the table.</summary>
/// <param name="Difference">Which.</param>
/// <param name="Name">In a word.</param>
/// <param name="What">What may differ.</param>
/// <param name="Reason">Why neither side is wrong.</param>
public sealed record DeclaredEntry(DeclaredDifference Difference, string Name, string What, string Reason);

/// <summary>The table.</summary>
public static class DeclaredDifferences
{
    private const short NotFound = 2;
    private const short NoMemory = 12;
    private const short BadAddress = 14;
    private const short Exists = 17;
    private const short Invalid = 22;

    /// <summary>All entries, in the order of the enum.</summary>
    public static ImmutableArray<DeclaredEntry> All { get; } =
    [
        new(
            DeclaredDifference.OrderOfWoken,
            "order-of-woken",
            "Which of several threads goes on first that one operation wakes.",
            "Linux takes them in the order of its wait queue; user space is promised none. Where two are woken, the "
            + "model is run both ways and must agree in one of them; where three are, or it happens for the fourth "
            + "time, or the other way leads to other lines, or one of them is direct I/O, whose disk is at the page "
            + "while the other runs, the program is compared up to there."),
        new(
            DeclaredDifference.PartialPin,
            "partial-pin",
            "What a pin for reading answers of which only the first pages can be had.",
            "pin_user_pages answers with fewer pages; of FUSE, through which it is asked here, a program hears so only "
            + "when the write is over. The program is compared up to that operation. (Pins for writing go through "
            + "io_uring, which gives such a part back and answers EFAULT; so does the model then.)"),
        new(
            DeclaredDifference.ModelSize,
            "model-size",
            "Anything after the model has few page frames, slots of the swap area or mappings left.",
            "The model has 64 frames, 16 slots and 8 mappings a process, where Linux refuses nothing. The program is "
            + "compared up to there."),
        new(
            DeclaredDifference.ModelRefuses,
            "model-refuses",
            "What the model answers with ENOMEM because it has no place for another mapping or userfaultfd.",
            "The model has 8 mappings a process and 2 userfaultfds. The program is compared up to that operation."),
        new(
            DeclaredDifference.MremapUnregisters,
            "mremap-unregisters",
            "Whether neighbours of what was moved within a registered mapping stay registered.",
            "A finding about Linux (docs/kernel-findings.md): without EVENT_REMAP the moved pages lose their "
            + "registration, and if the kernel joins them with a neighbour first, so does the neighbour. The program "
            + "is compared up to that mremap."),
        new(
            DeclaredDifference.JoinedMappings,
            "joined-mappings",
            "ENOENT or EFAULT for a range over several pages of private memory, of COPY, ZEROPAGE, CONTINUE, POISON "
            + "and mremap; whether fork copies entries of clean pages; whether a discard with EVENT_REMOVE waits once "
            + "or twice; whether what lies beside a locked page is still locked, once MREMAP_DONTUNMAP has left that.",
            "The range must lie in one mapping, and fork copies the page tables of mappings that have had anonymous "
            + "pages. Whether Linux joins two neighbours that are alike depends on which of "
            + "them has had anonymous pages and which was changed last; the model joins them always."),
        new(
            DeclaredDifference.FaultAround,
            "fault-around",
            "Which neighbours in the page cache a read fault on a file or memfd maps.",
            "Linux leaves out pages marked for reclaim, which a MADV_PAGEOUT of a dirty page of a file is, since that "
            + "mark is also the one of read-ahead; and stops at the end of the mapping, see joined-mappings. Mapping a "
            + "neighbour is never promised."),
        new(
            DeclaredDifference.PageTableSize,
            "page-table-size",
            "UFFDIO_MOVE out of where no page is, onto a page that is there: ENOENT or EEXIST.",
            "ENOENT comes first where the source has no page table, EEXIST where it has one. A page table covers four "
            + "pages of the model and 512 of Linux, where the window of a program always has one."),
        new(
            DeclaredDifference.DiscardInParts,
            "discard-in-parts",
            "What threads read and store where MADV_DONTNEED or MADV_FREE has been already, while it waits for the "
            + "manager of a later mapping.",
            "The model flushes translations mapping by mapping, Linux 6.18 when the whole call ends; until then nobody "
            + "is promised anything of the range. The program is compared up to there."),
        new(
            DeclaredDifference.FaultWhileChanging,
            "fault-while-changing",
            "Faults that a manager hears of between a change of the address space with an event (fork, mremap, munmap, "
            + "a discard) and its reading of it.",
            "The executor cannot read the fault without, perhaps, reading of the change, which lets it go on. The "
            + "program is compared up to that operation."),
        new(
            DeclaredDifference.MovablePin,
            "movable-pin",
            "Where memory must stay movable (--migrate): ENOMEM for a pin for writing of a page to which somebody else "
            + "refers, EFAULT if a page before it could be pinned; what a pin for writing finds that had waited; marks "
            + "of protection that a registration which is gone left in writable entries of what moves besides.",
            "In memory that must stay movable a page is moved elsewhere before it is pinned for long (5.2), then "
            + "looked for anew; it cannot be moved while it is pinned otherwise or lies in a pipe. A writable entry "
            + "loses such a mark when its page moves. The model knows no kinds of memory, and moves only what it is "
            + "told to."),
        new(
            DeclaredDifference.ExecutorUnable,
            "executor-unable",
            "Anything after a line that the executor cannot do in the state that the program is in.",
            "A userfaultfd cannot be opened for a process whose threads all wait; a pin for reading cannot be held "
            + "while a userfaultfd is open, nor beyond the exit of its process; a page that a "
            + "pin for long has moved out of movable memory cannot be moved again. The program is compared up to "
            + "there, and counted."),
        new(
            DeclaredDifference.EndlessCall,
            "endless-call",
            "MADV_GUARD_INSTALL over a uffd-wp marker of a file or memfd.",
            "A finding about Linux (docs/findings.md, guard-over-marker): the call never ends, and only a deadly "
            + "signal stops it. The program is compared up to there."),
    ];

    /// <summary>The declared difference that a difference between two steps is; none if it is not declared.</summary>
    internal static DeclaredDifference Explain(
        in Operation op, StepRecord model, StepRecord kernel, Difference difference, bool seesPages)
    {
        if (model.LeftLocked && DependsOnLock(in op, model, kernel, difference.Kind))
        {
            return DeclaredDifference.JoinedMappings; // what was left behind was less than the model's mapping
        }

        if (difference.Kind is ComparisonKind.Present or ComparisonKind.MappedOnce or ComparisonKind.Mapcount)
        {
            bool clean = OnlyCleanPagesDiffer(in op, model, kernel, seesPages);
            return !clean ? DeclaredDifference.None
                : op.Kind == OperationKind.Fork ? DeclaredDifference.JoinedMappings
                : MayFault(op.Kind) ? DeclaredDifference.FaultAround
                : DeclaredDifference.None;
        }

        if (difference.Kind == ComparisonKind.Woken && model.WokeDiscard
            && kernel.Completions.Count == model.Completions.Count - 1)
        {
            return DeclaredDifference.JoinedMappings; // it waits for the manager of the second one
        }

        if (op.Kind == OperationKind.Move && model.Error == NotFound && kernel.Error == Exists
            && model.Status == StepStatus.Ended)
        {
            return DeclaredDifference.PageTableSize;
        }

        if (model.MayMove != 0 && ComesOfMoving(in op, model, kernel, difference.Kind))
        {
            return DeclaredDifference.MovablePin;
        }

        bool differs = model.Status == StepStatus.Blocked || model.Error != kernel.Error;
        bool joined = (op.Fills || op.Kind == OperationKind.Mremap) && op.Length > 1
            && differs && kernel.Status == StepStatus.Ended
            && kernel.Error == (op.Fills ? NotFound : BadAddress);
        return joined ? DeclaredDifference.JoinedMappings : DeclaredDifference.None;
    }

    /// <summary>Whether they differ in what is refused if the page is locked, or faults it in then.</summary>
    private static bool DependsOnLock(in Operation op, StepRecord model, StepRecord kernel, ComparisonKind kind)
    {
        bool populates = op.Kind == OperationKind.Mprotect
            || (op.Kind == OperationKind.Mremap && op.NewLength > op.Length);
        bool advises = op.Kind is OperationKind.Dontneed or OperationKind.Free or OperationKind.Cold
            or OperationKind.Pageout or OperationKind.Guard or OperationKind.Remove;
        bool faulted = kind is ComparisonKind.Present or ComparisonKind.PageType or ComparisonKind.MappedOnce
            or ComparisonKind.Mapcount or ComparisonKind.Event or ComparisonKind.Status;
        bool refused = (model.Status == StepStatus.Blocked || model.Error != kernel.Error)
            && kernel is { Status: StepStatus.Ended, Error: Invalid };
        return (populates && faulted) || (advises && refused);
    }

    /// <summary>Whether it comes of pages that were moved besides, which the model did not move.</summary>
    private static bool ComesOfMoving(in Operation op, StepRecord model, StepRecord kernel, ComparisonKind kind)
    {
        if (kind == ComparisonKind.Errno)
        {
            return model.PinsReferred
                && (kernel.Error == NoMemory || (kernel.Error == BadAddress && op.Length > 1));
        }

        ulong lost = 0;
        for (int e = 0; e < Limits.Entries; e++)
        {
            bool differs = ((model.Pages[e].Bits ^ kernel.Pages[e].Bits) & PageBits.UffdWp) != 0;
            lost |= differs ? 1ul << e : 0;
        }

        return kind == ComparisonKind.UffdWp && (lost & ~model.MayLoseMark) == 0;
    }

    private static bool MayFault(OperationKind kind) =>
        kind is OperationKind.Load or OperationKind.Store or OperationKind.Populate or OperationKind.Pin
            or OperationKind.Vmsplice or OperationKind.ForceWrite or OperationKind.DirectIo
            or OperationKind.ProcessVm;

    /// <summary>
    /// Whether all that one side shows and the other does not are pages that need no copying at fork; after a fault
    /// only neighbours in the page cache, not what the operation was about.
    /// </summary>
    private static bool OnlyCleanPagesDiffer(in Operation op, StepRecord model, StepRecord kernel, bool seesPages)
    {
        PageBits compared = PageBits.MappedOnce | (seesPages ? PageBits.AnonExclusive : PageBits.None);
        bool forks = op.Kind == OperationKind.Fork;
        PageBits clean = forks ? PageBits.Zero | PageBits.File : PageBits.File;
        bool any = false;
        for (int i = 0; i < Limits.Entries; i++)
        {
            var entry = new EntryIndex((byte)i);
            PageWord here = model.Pages[i];
            PageWord there = kernel.Pages[i];
            PageBits either = here.Bits | there.Bits;
            bool asked = !forks && entry.Mm == op.Process && entry.Va.Value >= op.Va.Value && entry.Va.Value < op.End;
            bool moved = here.Has(PageBits.Present) != there.Has(PageBits.Present);
            bool differs = moved || (seesPages && here.Mapcount != there.Mapcount)
                || ((here.Bits ^ there.Bits) & compared) != 0;
            bool elsewhere = moved && !forks && entry.Mm != op.Process;
            bool marked = (either & PageBits.UffdWp) != 0; // whether it is protected is no matter of chance
            if (differs && ((moved && (asked || marked)) || elsewhere || (either & clean) == 0))
            {
                return false;
            }

            any |= moved;
        }

        return any;
    }

    /// <summary>The entry of a difference.</summary>
    public static DeclaredEntry Of(DeclaredDifference difference) => All[(int)difference - 1];
}
