// Turns an enabled operation into what it does: a task with its first path on the stack, or, for what takes no
// stages, the deed itself. Not covered: whether it is enabled (Enabled), stepping (Runner).

using MmFuzz.Engine.Kernel;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Operations;

/// <summary>What an operation without stages answered.</summary>
/// <param name="Errno">Its result.</param>
/// <param name="Value">What it read, if it read content.</param>
/// <param name="Number">What else it found: the reader's event (actor), the soft-dirty bit.</param>
public readonly record struct ImmediateResult(Errno Errno, Token Value, byte Number);

/// <summary>Starts operations.</summary>
public static class Starter
{
    /// <summary>Gives the operation's actor its task; no stage is executed yet.</summary>
    public static void Begin(Context c, in Operation op, ushort line)
    {
        ref Task t = ref c.Machine.ChangeTask(ref c.Touched, op.Actor);
        t = default;
        t.Actor = op.Actor;
        t.Child = MmId.None;
        t.State = TaskState.Running;
        t.Operation = (byte)op.Kind;
        t.Line = line;
        t.Mm = op.Process;
        t.Va = op.Va;
        t.Length = op.Length;
        if (op.IsStarted)
        {
            t.Set(TaskFlags.Started);
        }

        c.Machine.NoteBegun(op.Actor);
        Prepare(c, ref t, in op);
    }

    /// <summary>The rights that the operation names, as flags of a mapping.</summary>
    public static VmFlags Rights(in Operation op) =>
        op.Has(OperationFlags.Write) ? VmFlags.Read | VmFlags.Write
        : op.Has(OperationFlags.Read) ? VmFlags.Read
        : VmFlags.None;

    /// <summary>Does what takes no stages.</summary>
    /// <param name="c">The surroundings.</param>
    /// <param name="op">The operation.</param>
    /// <param name="writer">Whose store a device's token says that it is: the runner knows whose page it has.</param>
    public static ImmediateResult Run(Context c, in Operation op, EntryIndex writer)
    {
        Token value = default;
        byte number = 0;
        Errno errno = Errno.None;
        switch (op.Kind)
        {
            case OperationKind.PipeRead:
                errno = GupHandles.DeviceRead(c, op.Handle, 0, out value);
                GupHandles.Unpin(c, op.Handle);
                break;
            case OperationKind.Ref:
                errno = GupHandles.Lookup(c, op.Handle, op.Process, op.Va);
                break;
            case OperationKind.Unpin or OperationKind.Unref:
                errno = GupHandles.Unpin(c, op.Handle);
                break;
            case OperationKind.DevRead:
                errno = GupHandles.DeviceRead(c, op.Handle, op.Number, out value);
                break;
            case OperationKind.DevWrite:
                value = new Token(writer, c.Machine.NextSerial());
                errno = GupHandles.DeviceWrite(c, op.Handle, op.Number, value);
                break;
            case OperationKind.UffdOpen:
                errno = Userfaultfd.Open(c, op.Uffd, op.Process, op.Features);
                break;
            case OperationKind.UffdRead:
                errno = Userfaultfd.Read(c, op.Uffd, out ActorId whose);
                number = whose.Value;
                break;
            case OperationKind.Wake:
                errno = Userfaultfd.WakeRange(c, op.Uffd, op.Va, op.Length);
                break;
            case OperationKind.Pagemap:
                number = (byte)(TaskMmu.PagemapSoftDirty(c, new EntryIndex(op.Process, op.Va)) ? 1 : 0);
                break;
            case OperationKind.Inject:
                c.Machine.InjectFault(op.Fault, op.Number);
                break;
        }

        return new ImmediateResult(errno, value, number);
    }

    private static void Prepare(Context c, ref Task t, in Operation op)
    {
        switch (op.Kind)
        {
            case OperationKind.Load or OperationKind.Store:
                Hardware.Begin(ref t, store: op.Kind == OperationKind.Store);
                break;
            case OperationKind.DirectIo or OperationKind.ProcessVm:
                PinnedCall.Begin(c, ref t, op.Kind == OperationKind.DirectIo, op.Has(OperationFlags.Write));
                break;
            case OperationKind.Pin or OperationKind.Get or OperationKind.Vmsplice:
                PrepareGup(c, ref t, in op);
                break;
            case OperationKind.Mmap:
                t.Argument = (byte)Rights(in op);
                t.Argument2 = (byte)op.Mapping;
                t.Slot = new SlotId(op.Slot);
                t.Cursor = op.Number;
                t.Seq = (ushort)(op.Has(OperationFlags.Fixed) ? Mmap.Replaces : 0);
                t.Call(KernelPath.Mmap);
                break;
            case OperationKind.Mprotect:
                t.Argument = (byte)Rights(in op);
                t.Call(KernelPath.Mprotect);
                break;
            case OperationKind.Fork:
                t.Child = op.Child;
                t.Call(KernelPath.Fork);
                break;
            case OperationKind.Exit:
                t.Length = Limits.PagesPerMm;
                t.Call(KernelPath.Exit);
                break;
            case OperationKind.Register or OperationKind.Unregister or OperationKind.UffdClose
                or OperationKind.Wp or OperationKind.Unwp or OperationKind.Copy or OperationKind.Zeropage
                or OperationKind.Continue or OperationKind.Poison or OperationKind.Move:
                PrepareUffd(c, ref t, in op);
                break;
            case OperationKind.Swapout:
                t.Call(KernelPath.ShrinkFolio);
                break;
            case OperationKind.Migrate:
                t.Call(KernelPath.MigrateFolio);
                break;
            case OperationKind.ForceWrite:
                t.GupFlags = GupFlags.Write | GupFlags.Force | GupFlags.Remote;
                t.Call(KernelPath.GupSlow);
                break;
            case OperationKind.Punch:
                t.Mm = MmId.None;
                t.Argument = new CacheIndex(op.Inode, op.Number).Value;
                t.Call(KernelPath.PunchHole);
                break;
            case OperationKind.FileWrite:
                t.Mm = MmId.None;
                t.Argument = new CacheIndex(op.Inode, op.Number).Value;
                t.Call(KernelPath.FileWrite);
                break;
            case OperationKind.Scan:
                t.Argument2 = (byte)((op.Has(OperationFlags.Protect) ? PagemapScan.WpMatching : 0)
                    | (op.Has(OperationFlags.CheckAsync) ? PagemapScan.CheckWpAsync : 0));
                t.Call(KernelPath.PagemapScan);
                break;
            default:
                PrepareRest(ref t, in op);
                break;
        }
    }

    private static void PrepareRest(ref Task t, in Operation op)
    {
        switch (op.Kind)
        {
            case OperationKind.Free or OperationKind.Cold or OperationKind.Pageout:
                t.Argument = (byte)(op.Kind == OperationKind.Free ? MadviseBehaviour.Free
                    : op.Kind == OperationKind.Cold ? MadviseBehaviour.Cold
                    : MadviseBehaviour.Pageout);
                t.Call(KernelPath.Madvise);
                break;
            case OperationKind.Guard or OperationKind.Unguard:
                t.Argument = (byte)(op.Kind == OperationKind.Guard ? GuardBehaviour.Install : GuardBehaviour.Remove);
                t.Call(KernelPath.MadviseGuard);
                break;
            case OperationKind.ClearRefs:
                t.Call(KernelPath.ClearRefs);
                break;
            case OperationKind.NumaHint:
                t.Call(KernelPath.TaskNumaWork);
                break;
            case OperationKind.Madvise:
                t.Argument = op.Number;
                t.Call(KernelPath.MadviseFork);
                break;
            case OperationKind.Populate:
                t.GupFlags = op.Has(OperationFlags.Write) ? GupFlags.Write : GupFlags.None;
                t.Set(TaskFlags.Populates);
                t.Call(KernelPath.GupSlow);
                break;
            case OperationKind.Mremap:
                bool stays = op.Has(OperationFlags.InPlace);
                t.Argument = stays ? op.Va.Value : op.Number;
                t.Seq = new MremapRequest(op.NewLength, op.Has(OperationFlags.DontUnmap), stays).Bits;
                t.Call(KernelPath.Mremap);
                break;
            case OperationKind.Munmap:
                t.Call(KernelPath.Munmap);
                break;
            case OperationKind.Dontneed:
                t.Call(KernelPath.MadviseDontneed);
                break;
            case OperationKind.Remove:
                t.Call(KernelPath.MadviseRemove);
                break;
            case OperationKind.Mlock or OperationKind.Munlock:
                t.Argument = (byte)(op.Kind == OperationKind.Mlock ? 1 : 0);
                t.Call(KernelPath.Mlock);
                break;
            case OperationKind.Truncate:
                t.Mm = MmId.None;
                t.Argument = new CacheIndex(op.Inode, 0).Value;
                t.Length = op.Number;
                t.Call(KernelPath.Truncate);
                break;
            case OperationKind.MigrateVma:
                t.Call(KernelPath.MigrateVma);
                break;
            case OperationKind.MemoryFailure:
                t.Set(TaskFlags.MemoryFailure);
                t.Call(KernelPath.GupFast);
                break;
            case OperationKind.Swapoff:
                t.Call(KernelPath.Swapoff);
                break;
        }
    }

    private static void PrepareGup(Context c, ref Task t, in Operation op)
    {
        HandleKind kind = op.Kind == OperationKind.Pin ? HandleKind.Pin
            : op.Kind == OperationKind.Get ? HandleKind.Get
            : HandleKind.Pipe;
        t.Handle = op.Handle;
        t.Argument = (byte)kind;
        t.GupFlags = (kind == HandleKind.Pin ? GupFlags.Pin : GupFlags.None)
            | (op.Has(OperationFlags.Write) ? GupFlags.Write : GupFlags.None)
            | (op.Has(OperationFlags.Follow) ? GupFlags.NoFault : GupFlags.None)
            | (op.Has(OperationFlags.Force) ? GupFlags.Force : GupFlags.None)
            | (op.Has(OperationFlags.Longterm) ? GupFlags.Longterm : GupFlags.None)
            | (op.Has(OperationFlags.Nowait) ? GupFlags.Nowait : GupFlags.None);
        c.Machine.ChangeHandle(ref c.Touched, op.Handle).Kind = HandleKind.Reserved;
        t.Call(op.Has(OperationFlags.Fast) ? KernelPath.GupFast : KernelPath.GupSlow);
    }

    private static FillMode FillMode(OperationKind kind) => kind switch
    {
        OperationKind.Zeropage => Kernel.FillMode.Zeropage,
        OperationKind.Continue => Kernel.FillMode.Continue,
        OperationKind.Poison => Kernel.FillMode.Poison,
        _ => Kernel.FillMode.Copy,
    };

    private static void PrepareUffd(Context c, ref Task t, in Operation op)
    {
        MmId mm = c.Machine.UffdAt(op.Uffd).Mm;
        t.Mm = op.Kind == OperationKind.Register && mm.IsNone ? MmId.None : mm;
        t.Argument = op.Slot;
        switch (op.Kind)
        {
            case OperationKind.Register:
                t.Argument2 = (byte)op.Modes;
                t.Call(KernelPath.UffdRegister);
                break;
            case OperationKind.Copy or OperationKind.Zeropage or OperationKind.Continue or OperationKind.Poison:
                t.Argument2 = (byte)((op.Has(OperationFlags.Protect) ? UffdFill.ModeWp : 0)
                    | (op.Has(OperationFlags.DontWake) ? UffdFill.ModeDontwake : 0));
                t.Cursor = (byte)FillMode(op.Kind);
                t.Call(KernelPath.MfillAtomic);
                break;
            case OperationKind.Move:
                t.Argument2 = (byte)((op.Has(OperationFlags.AllowHoles) ? UffdMove.ModeAllowHoles : 0)
                    | (op.Has(OperationFlags.DontWake) ? UffdFill.ModeDontwake : 0));
                t.Cursor = op.Number;
                t.Call(KernelPath.MovePages);
                break;
            case OperationKind.Unregister or OperationKind.UffdClose:
                t.Argument2 = (byte)(op.Kind == OperationKind.UffdClose ? 1 : 0);
                t.Call(KernelPath.UffdUnregister);
                break;
            default:
                t.Argument2 = (byte)((op.Kind == OperationKind.Wp ? 1 : 0)
                    | (op.Has(OperationFlags.DontWake) ? 2 : 0));
                t.Change = op.Kind == OperationKind.Wp ? ProtectionChange.UffdProtect : ProtectionChange.UffdResolve;
                t.Call(KernelPath.MwriteprotectRange);
                break;
        }
    }
}
