// The swarm profile of one program: which operations it uses and how much, how often paths are staged, how many pages,
// processes and threads are hot. Drawn from one record, so that programs differ in kind and not only in detail.
// Not covered: operands (Generator), which kinds belong together (Theme).

using System;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.State;

namespace MmFuzz.Generators;

/// <summary>What a program begins with.</summary>
public enum SetUpMappings : byte
{
    /// <summary>Anonymous memory.</summary>
    Anon,

    /// <summary>A memfd, shared.</summary>
    Memfd,

    /// <summary>Anonymous memory, and behind it a shared memfd.</summary>
    Both,

    /// <summary>A private mapping of a memfd, and behind it a shared one of the same pages.</summary>
    PrivateMemfd,

    /// <summary>A private mapping of a file on a disk.</summary>
    File,
}

/// <summary>A swarm profile.</summary>
public sealed class Swarm
{
    private const int Belonging = 8; // what a kind of the theme weighs at least

    private static readonly byte[] BaseWeights = MakeBaseWeights();
    private static readonly OperationKind[] Advice =
    [
        OperationKind.NumaHint, OperationKind.Madvise, OperationKind.Populate, OperationKind.Pageout,
        OperationKind.Cold, OperationKind.Free, OperationKind.Mremap, OperationKind.Swapoff, OperationKind.Mlock,
        OperationKind.Munlock, OperationKind.Guard, OperationKind.Unguard, OperationKind.MemoryFailure,
    ];

    private readonly OperationKind[] table = new OperationKind[256];
    private readonly int[] weights = new int[(int)OperationKind.Step + 1];
    private ChoiceRecord drawn;
    private ulong drawnKinds; // none: nothing was drawn yet

    /// <summary>How many pages are hot: 1, 2, 4 or 8.</summary>
    public int HotPages { get; private set; }

    /// <summary>How many processes may live, 1 to 4.</summary>
    public int Processes { get; private set; }

    /// <summary>Of 256 operations in stages, how many are only started.</summary>
    public int Staged { get; private set; }

    /// <summary>Of 256 operations of a process, how many its second thread executes.</summary>
    public int SecondThreads { get; private set; }

    /// <summary>Of 256 ranges, how many are longer than a page.</summary>
    public int Ranges { get; private set; }

    /// <summary>Which mappings the program begins with.</summary>
    public SetUpMappings Mappings { get; private set; }

    /// <summary>Whether anonymous memory is mapped read-only at the beginning: only a debugger writes there.</summary>
    public bool ReadOnly { get; private set; }

    /// <summary>Whether it begins with everything registered.</summary>
    public bool Registers { get; private set; }

    /// <summary>Features of the first userfaultfd.</summary>
    public UffdFeatures Features { get; private set; }

    /// <summary>In which modes, as <c>register</c> says them; mostly 0, for write-protection.</summary>
    public int Modes { get; private set; }

    /// <summary>The kind that a byte stands for.</summary>
    public OperationKind KindOf(int choice) => table[choice];

    /// <summary>Whether there is a second mapping, at page 8, to be used as much as the first.</summary>
    public bool HasSecondMapping => Mappings is SetUpMappings.Both or SetUpMappings.PrivateMemfd;

    /// <summary>
    /// Whether six of eleven records become loads and stores that meet a page. Those that go anywhere mostly fault;
    /// these cost next to nothing, and show what the others have done.
    /// </summary>
    public bool Hits { get; private set; }

    /// <summary>Draws the profile.</summary>
    public void Draw(ChoiceRecord record) => Draw(record, ulong.MaxValue);

    /// <summary>
    /// Draws the profile, of which only some kinds may stay; without steps nothing is started either.
    /// </summary>
    public void Draw(ChoiceRecord record, ulong kinds)
    {
        if (record == drawn && kinds == drawnKinds)
        {
            return;
        }

        drawn = record;
        drawnKinds = kinds;
        ulong bits = record.Bits;
        HotPages = Take(ref bits, 8) switch { < 3 => 1, < 6 => 2, 6 => 4, _ => 8 };
        Processes = 1 + (int)Take(ref bits, 4);
        Staged = Take(ref bits, 4) switch { 0 => 0, 1 => 24, 2 => 80, _ => 160 };
        SecondThreads = Take(ref bits, 2) == 0 ? 30 : 120;
        Ranges = Take(ref bits, 2) == 0 ? 20 : 90;
        Mappings = Take(ref bits, 16) switch
        {
            < 7 => SetUpMappings.Anon,
            < 10 => SetUpMappings.Memfd,
            < 14 => SetUpMappings.Both,
            14 => SetUpMappings.PrivateMemfd,
            _ => SetUpMappings.File,
        };
        Registers = Take(ref bits, 2) == 0;
        Features = Take(ref bits, 12) switch
        {
            0 or 1 => UffdFeatures.WpAsync,
            2 => UffdFeatures.WpUnpopulated,
            3 => UffdFeatures.EventFork,
            4 => UffdFeatures.EventRemap | UffdFeatures.EventUnmap,
            5 => UffdFeatures.EventRemove,
            _ => UffdFeatures.None,
        };
        Modes = Take(ref bits, 12) switch { 0 => 1, 1 => 3, 2 => Mappings == SetUpMappings.Memfd ? 6 : 0, _ => 0 };
        ReadOnly = false;
        int pace = Take(ref bits, 4) switch { 0 => 4, 1 => 2, _ => 1 };
        bool themed = Take(ref bits, 2) == 0;
        if (themed)
        {
            Theme theme = Theme.Of((int)Take(ref bits, 16));
            Concentrate(ref bits, ((bits >> 8) & 15) == 0 ? Theme.Failing : theme);
        }
        else
        {
            Spread(ref bits);
        }

        bool focuses = (bits & 3) != 0 && Focuses(resolves: (bits & 12) == 0);
        Restrict(kinds);
        WeighSteps(focuses ? Math.Max(pace, 2) : pace);
        FillTable();
        Hits = kinds == ulong.MaxValue;
    }

    /// <summary>
    /// Half of the programs have many kinds. Races need density: few of those have advice, and much of it.
    /// </summary>
    private void Spread(ref ulong bits)
    {
        bool advises = Take(ref bits, 4) == 0;
        DrawWeights(bits, sparse: Take(ref bits, 2) == 0);
        foreach (OperationKind kind in Advice)
        {
            weights[(int)kind] *= advises ? 3 : 0;
        }
    }

    /// <summary>The other half have one theme, on a page or two, and both threads of a process at it.</summary>
    private void Concentrate(ref ulong bits, Theme theme)
    {
        HotPages = Take(ref bits, 4) == 0 || theme.Wide ? 2 : 1;
        Staged = Take(ref bits, 4) switch { 0 => 0, 1 => 80, _ => 160 } * (theme.Wide ? 0 : 1);
        SecondThreads = 120;
        Ranges = theme.Wide ? 128 : 20;
        Registers = theme.Watched ?? Registers;
        Mappings = theme.Mappings ?? Mappings;
        ReadOnly = theme.ReadOnly;
        DrawWeights(bits, sparse: false);
        for (int kind = 0; kind < weights.Length; kind++)
        {
            bool belongs = ((theme.Mask >> kind) & 1) != 0;
            weights[kind] = belongs ? Math.Max(weights[kind], Belonging) : 0;
        }

        weights[(int)OperationKind.Store] = Math.Min(weights[(int)OperationKind.Store], 2 * Belonging);
    }

    private static uint Take(ref ulong bits, uint choices)
    {
        ulong taken = bits % choices;
        bits /= choices;
        return (uint)taken;
    }

    /// <summary>
    /// For each kind: absent, rare, usual or frequent. A sparse program has few kinds, and much of them.
    /// </summary>
    private void DrawWeights(ulong bits, bool sparse)
    {
        ulong state = (bits * 0x9e3779b97f4a7c15) ^ (bits >> 29);
        for (int kind = 0; kind < weights.Length; kind++)
        {
            state = (state * 6364136223846793005) + 1442695040888963407;
            int drawn = (int)(state >> 61);
            int factor = drawn < (sparse ? 4 : 2) ? 0 : drawn switch { < 5 => 1, < 7 => 2, _ => 4 };
            weights[kind] = BaseWeights[kind] * factor;
        }

        weights[(int)OperationKind.Store] = Math.Max(weights[(int)OperationKind.Store], 24);
        const UffdFeatures Events = UffdFeatures.EventFork | UffdFeatures.EventRemap | UffdFeatures.EventRemove;
        if (Registers && (Features & Events) != 0)
        {
            weights[(int)OperationKind.UffdRead] = Math.Max(weights[(int)OperationKind.UffdRead], 8);
        }

        if (!Registers)
        {
            weights[(int)OperationKind.Wp] /= 4;
            weights[(int)OperationKind.Unwp] /= 4;
            weights[(int)OperationKind.Copy] /= 4;
            weights[(int)OperationKind.Zeropage] /= 4;
            weights[(int)OperationKind.Continue] /= 4;
            weights[(int)OperationKind.Poison] /= 4;
            weights[(int)OperationKind.Move] /= 4;
        }

        if (Mappings is SetUpMappings.Anon or SetUpMappings.Memfd or SetUpMappings.Both)
        {
            weights[(int)OperationKind.FileWrite] = Mappings == SetUpMappings.Anon ? 0 : 1;
            weights[(int)OperationKind.Punch] = Mappings == SetUpMappings.Anon ? 0 : weights[(int)OperationKind.Punch];
            weights[(int)OperationKind.Truncate] *= Mappings == SetUpMappings.Anon ? 0 : 1;
            weights[(int)OperationKind.ForceWrite] /= 4;
        }

        if (Processes == 1)
        {
            weights[(int)OperationKind.Fork] = 0;
            weights[(int)OperationKind.Exit] = 0;
        }
    }

    /// <summary>
    /// What only one kind of set-up gives a chance, and only in a narrow window, is dense in three quarters of those
    /// programs.
    /// </summary>
    /// <param name="resolves">Whether the manager of asynchronous protection takes it back by himself, too.</param>
    private bool Focuses(bool resolves)
    {
        if (Registers && Features == UffdFeatures.WpAsync)
        {
            Mappings = SetUpMappings.Anon;
            if (resolves)
            {
                Focus(OperationKind.Scan, OperationKind.Store, OperationKind.Poison, OperationKind.Unwp);
            }
            else
            {
                Focus(OperationKind.Scan, OperationKind.Store, OperationKind.Free, OperationKind.Swapout);
            }
        }
        else if (Registers && Mappings == SetUpMappings.PrivateMemfd)
        {
            Focus(OperationKind.ForceWrite, OperationKind.Continue, OperationKind.Dontneed, OperationKind.Load);
        }
        else
        {
            return false;
        }

        return true;
    }

    private void Focus(params ReadOnlySpan<OperationKind> kinds)
    {
        HotPages = 1;
        Processes = 1;
        Staged = Math.Max(Staged, 80);
        for (int kind = 0; kind < weights.Length; kind++)
        {
            weights[kind] = kinds.Contains((OperationKind)kind) ? Math.Max(weights[kind], 24) : weights[kind] / 4;
        }

        weights[(int)OperationKind.Fork] = 0;
        weights[(int)OperationKind.Exit] = 0;
    }

    private void Restrict(ulong kinds)
    {
        Staged = ((kinds >> (int)OperationKind.Step) & 1) == 0 ? 0 : Staged;
        for (int kind = 0; kind < weights.Length; kind++)
        {
            weights[kind] = ((kinds >> kind) & 1) == 0 ? 0 : weights[kind];
        }
    }

    private void WeighSteps(int pace)
    {
        weights[(int)OperationKind.Step] = 0;
        int sum = 0;
        foreach (int weight in weights)
        {
            sum += weight;
        }

        // a path has about six stages and a step makes one to four of them; at a slow pace much happens in between
        weights[(int)OperationKind.Step] = sum * Staged / (140 * pace);
    }

    private void FillTable()
    {
        int sum = 0;
        foreach (int weight in weights)
        {
            sum += weight;
        }

        int reached = 0;
        int start = 0;
        for (int kind = 0; kind < weights.Length; kind++)
        {
            reached += weights[kind];
            int end = ((reached * 2 * table.Length) + sum) / (2 * sum); // rounded to the nearest place
            table.AsSpan(start, end - start).Fill((OperationKind)kind);
            start = end;
        }
    }

    private static byte[] MakeBaseWeights()
    {
        var made = new byte[(int)OperationKind.Step + 1];
        Span<(OperationKind Kind, byte Weight)> all =
        [
            (OperationKind.Mmap, 1), (OperationKind.Munmap, 2), (OperationKind.Dontneed, 3),
            (OperationKind.Mprotect, 6), (OperationKind.Fork, 5), (OperationKind.Exit, 2),
            (OperationKind.Load, 6), (OperationKind.Store, 12), (OperationKind.Pin, 7), (OperationKind.Get, 3),
            (OperationKind.Vmsplice, 1), (OperationKind.PipeRead, 1), (OperationKind.Unpin, 2),
            (OperationKind.DevRead, 2), (OperationKind.DevWrite, 2), (OperationKind.Swapout, 8),
            (OperationKind.Migrate, 6), (OperationKind.UffdOpen, 1), (OperationKind.UffdClose, 1),
            (OperationKind.Register, 2), (OperationKind.Unregister, 1), (OperationKind.Wp, 7),
            (OperationKind.Unwp, 5), (OperationKind.UffdRead, 1), (OperationKind.Wake, 1),
            (OperationKind.ClearRefs, 4), (OperationKind.Pagemap, 1), (OperationKind.Inject, 1),
            (OperationKind.NumaHint, 1), (OperationKind.Madvise, 1), (OperationKind.Populate, 1),
            (OperationKind.Pageout, 1), (OperationKind.Cold, 1), (OperationKind.Free, 2), (OperationKind.Mremap, 2),
            (OperationKind.Swapoff, 1), (OperationKind.FileWrite, 3), (OperationKind.ForceWrite, 4),
            (OperationKind.Copy, 3), (OperationKind.Zeropage, 1), (OperationKind.Continue, 2),
            (OperationKind.Poison, 1), (OperationKind.Move, 3), (OperationKind.MigrateVma, 2),
            (OperationKind.Ref, 1), (OperationKind.Unref, 2), (OperationKind.Scan, 3), (OperationKind.DirectIo, 2),
            (OperationKind.ProcessVm, 1), (OperationKind.Punch, 1), (OperationKind.Remove, 1),
            (OperationKind.Mlock, 1), (OperationKind.Munlock, 1),
            (OperationKind.Truncate, 1), (OperationKind.Guard, 1), (OperationKind.Unguard, 2),
            (OperationKind.MemoryFailure, 1),
        ];
        foreach ((OperationKind kind, byte weight) in all)
        {
            made[(int)kind] = weight;
        }

        return made;
    }
}
