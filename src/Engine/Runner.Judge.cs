// What the runner judges itself: results against the contract, the kernel's own warnings; and which clauses an access
// could have violated.
// Not covered: the properties (Properties/Checker) and the contracts (Properties/Contracts).

using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.Kernel;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.Properties;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine;

public sealed partial class Runner
{
    /// <summary>
    /// Whether violations are looked for; if not, a program runs to its end whatever it does (somebody else compares
    /// it).
    /// </summary>
    public bool Judges { get; set; } = true;

    /// <summary>What holds before the operation has ended already.</summary>
    private void JudgeOnTheWay(in Task task, bool alone)
    {
        switch (context.Effect.Kind)
        {
            case MemoryEffectKind.Announced:
                Announce(in task, alone);
                break;
            case MemoryEffectKind.PageTaken:
                checker.Note(Clause.GupWithoutEvent, Gup.Writes(in task));
                Report(HandleContracts.Taken(ref context.World, ref context.Touched, Profile, in task, alone));
                break;
            case MemoryEffectKind.CallRead:
                JudgeRead(task.Handle, 0);
                break;
            case MemoryEffectKind.CallWrote:
                HandleContracts.CallWrote(ref context.World, ref context.Touched, task.Handle, context.Effect);
                break;
            default:
                break;
        }
    }

    /// <summary>A change of mappings is over, and its result known; it only waits for managers to read of it.</summary>
    private void Announce(in Task task, bool alone)
    {
        if (alone)
        {
            JudgeResult(in task);
        }

        Report(Contracts.Ended(ref context.World, ref context.Touched, Profile, in task, alone));
        context.Touched.Entries |= InFlight.LeftToJudge(in task);
    }

    /// <summary>Property: results are those that the profile's kernel promises; of GUP its pages too.</summary>
    private void JudgeResult(in Task ended)
    {
        checker.Note(Clause.WrongResult);
        var errno = (Errno)ended.Errno;
        if (!ErrnoContract.Allows(allowed, errno))
        {
            Report(WrongErrno(errno, (OperationKind)ended.Operation));
        }

        const ulong More = 1ul << (int)OperationKind.Scan | 1ul << (int)OperationKind.Pin
            | 1ul << (int)OperationKind.Get | 1ul << (int)OperationKind.Vmsplice;
        if (((More >> ended.Operation) & 1) != 0)
        {
            JudgePages(in ended);
        }
    }

    /// <summary>How many pages were reported, or taken.</summary>
    private void JudgePages(in Task ended)
    {
        if ((OperationKind)ended.Operation == OperationKind.Scan)
        {
            checker.Note(Clause.NotReported);
            Report(ScanContracts.Judge(in ended, expectedPages));
        }
        else if (ended.Errno == (byte)Errno.None)
        {
            ref readonly GupHandle taken = ref context.Machine.HandleAt(ended.Handle);
            checker.Note(Clause.GupWithoutEvent, taken.IsWrite);
            if (expectedPages > 0 && taken.Count != expectedPages)
            {
                Report(WrongPages((OperationKind)ended.Operation, taken.Count));
            }
        }
    }

    private Violation WrongErrno(Errno errno, OperationKind kind) =>
        new(Clause.WrongResult, MemoryKind.Anon, OperationPrinter.Word(kind),
            $"answered {ErrnoContract.Name(errno)}, the contract of {Profile.Version} says "
            + ErrnoContract.Describe(allowed));

    private Violation WrongPages(OperationKind kind, int taken) =>
        new(Clause.WrongResult, MemoryKind.Anon, OperationPrinter.Word(kind),
            $"took {taken} pages, {expectedPages} could be had");

    /// <summary>
    /// Whether it has discarded its range: a munmap that was refused has not, nor madvise that met a locked mapping,
    /// nor have guards that met a hole.
    /// </summary>
    private static bool Discards(in Task ended)
    {
        const ulong IfDone = 1ul << (int)OperationKind.Munmap | 1ul << (int)OperationKind.Mmap
            | 1ul << (int)OperationKind.Guard | 1ul << (int)OperationKind.Mremap;
        ulong kind = 1ul << ended.Operation;
        return ((kind & IfDone) != 0 & ended.Errno == (byte)Errno.None)
            | ((kind & (1ul << (int)OperationKind.Dontneed)) != 0 & ended.Errno != (byte)Errno.EINVAL);
    }

    /// <summary>Pages at the beginning of its range that stay where they are: of an mremap in place.</summary>
    private static int Kept(in Task ended) =>
        (OperationKind)ended.Operation == OperationKind.Mremap && MremapRequest.Of(in ended).StaysInPlace
            ? MremapRequest.Of(in ended).Common(in ended)
            : 0;

    private Violation Warn(KernelWarning warning, ActorId actor) => warning switch
    {
        KernelWarning.UnpinOfSharedPage => new Violation(Clause.UnpinWarning, MemoryKind.Anon, actor.ToString(),
            "the kernel's own check warns: a pinned anonymous page is not exclusive"),
        KernelWarning.EntryChangedWithoutLock => new Violation(Clause.WithoutLock, MemoryKind.Anon, actor.ToString(),
            "an entry was changed while somebody else held its page-table lock"),
        KernelWarning.EndlessFault => new Violation(Clause.EndlessFault, MemoryKind.Anon, actor.ToString(),
            "the access faults again and again without getting anywhere"),
        KernelWarning.EndlessRestart => new Violation(Clause.EndlessFault, MemoryKind.Shmem,
            context.Machine.TaskAt(actor).FaultEntry.ToString(),
            $"{actor}: the call starts anew again and again: what it meets does not go away"),
        KernelWarning.MachineCheck => new Violation(Clause.FailedPageCopied, MemoryKind.Anon, actor.ToString(),
            "a page with a memory error is copied, and nothing catches the machine check"),
        KernelWarning.None => throw new System.ArgumentOutOfRangeException(nameof(warning)),
    };

    private void CountEffect()
    {
        if (context.Effect.Kind == MemoryEffectKind.Load)
        {
            checker.Note(Clause.WrongLoad);
        }
        else if (context.Effect.Kind == MemoryEffectKind.Store
            && context.World.Reference.RowAt(context.Effect.Entry).HasAny(RowFlags.Registered))
        {
            checker.Note(Clause.StoreWithoutEvent);
        }
    }
}
