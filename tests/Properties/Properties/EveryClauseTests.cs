// What this file covers: that every clause can fail. Most have a program in the corpus that violates them on a kernel
// with a bug; those that no bug of a kernel violates, and rules that corpus programs reach by one way only, are shown
// on a machine that is damaged by hand in the middle of a sound program.
// What it does not cover: that sound kernels violate nothing (KernelPropertyTests.cs, Corpus/).

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.Kernel;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.Properties;
using MmFuzz.Engine.State;
using Xunit;
using Runner = MmFuzz.Engine.Runner;

namespace MmFuzz.Tests.Properties;

public class EveryClauseTests
{
    /// <summary>Stands for the damage in a program; without it the damage is tried after every stage.</summary>
    private const string Here = "DAMAGE";

    private static readonly EntryIndex First = new(default, new Va(0));

    private static readonly Row[] Rows =
    [
        new("excl-writable writable-but-shared", "a shared page gets a writable entry",
            "mmap p0 0 1 anon rw\nstore p0 0\nfork p0 -> p1\nDAMAGE\nload p0 0",
            c => SetEntry(c, First, c.Machine.PteAt(First).With(EntryBits.Write))),
        new("pin-coherent device-reads-other", "the page changes under its pin",
            "mmap p0 0 1 anon rw\nstore p0 0\npin p0 0 1 rw -> g0\nDAMAGE\ndevread g0 0",
            c => PageAt(c).Content = new Token(77)),
        new("cow-isolation behind-end", "the file is cut, and its page stays",
            "mmap p0 0 2 memfd i0@0 rw\nstore p0 0\nDAMAGE\nload p0 1",
            c => c.World.Reference.ChangeFile(ref c.Touched, default).Place = FilePlace.Behind),
        new("uffd-live endless-fault", "the entry loses its write bit whenever it has got it",
            "mmap p0 0 1 anon rw\nstore p0 0\nfork p0 -> p1\nstore p0 0",
            c =>
            {
                bool forked = c.Machine.MmAt(new MmId(1)).IsLive;
                if (forked && c.Machine.PteAt(First) is { IsPresent: true, Write: true } pte)
                    SetEntry(c, First, pte.Without(EntryBits.Write));
                return false;
            }),
        new("counts refcount", "a reference nobody has", "mmap p0 0 1 anon rw\nstore p0 0\nDAMAGE\nstore p0 0",
            c => PageAt(c).Refcount++),
        new("counts refcount", "a reference too few", "mmap p0 0 1 anon rw\nstore p0 0\nDAMAGE\nstore p0 0",
            c => PageAt(c).Refcount--),
        new("counts mapcount", "a mapping nobody has", "mmap p0 0 1 anon rw\nstore p0 0\nDAMAGE\nstore p0 0",
            c => PageAt(c).Mapcount++),
        new("counts mm-count", "a gather that nobody began", "mmap p0 0 1 anon rw\nstore p0 0\nDAMAGE\nstore p0 0",
            c => c.Machine.ChangeMm(ref c.Touched, default).TlbFlushPending++),
        new("counts mm-count", "a reader of mmap_lock that nobody is",
            "mmap p0 0 1 anon rw\nstore p0 0\nDAMAGE\nstore p0 0",
            c => c.Machine.ChangeMm(ref c.Touched, default).MmapReaders++),
        new("counts outside-mapping", "an entry behind the mapping",
            "mmap p0 0 1 anon rw\nstore p0 0\nDAMAGE\nstore p0 0",
            c => SetEntry(c, new EntryIndex(default, new Va(1)), Pte.UffdWpMarker())),
        new("tlb stale-page", "a translation to the page of another entry",
            "mmap p0 0 2 anon rw\nstore p0 0\nstore p0 1\nDAMAGE\nload p0 0",
            c => c.Machine.SetTlb(ref c.Touched, 1, new Va(1), new TlbEntry(default, PageOf(c), false, false))),
        new("guard-holds guard-lost", "the marker goes by itself",
            "mmap p0 0 1 anon rw\nguard p0 0\nDAMAGE\nguard p0 0", c => SetEntry(c, First, Pte.None)),
        new("guard-holds guard-spurious", "a marker comes by itself",
            "mmap p0 0 1 anon rw\nstore p0 0\ndontneed p0 0\nDAMAGE\nload p0 0",
            c => SetEntry(c, First, Pte.Guard())),
        new("guard-holds guard-passed", "a translation comes back behind the guard",
            "mmap p0 0 1 anon rw\nload p0 0\nguard p0 0\nDAMAGE\nload p0 0",
            c => c.Machine.SetTlb(ref c.Touched, 0, new Va(0), new TlbEntry(default, Pfn.Zero, false, false))),
        new("locks without-lock", "the page-table lock passes to another in the middle",
            "mmap p0 0 4 anon rw\nuffd p0 -> u0 wp-async wp-unpopulated\nregister u0 0 4\nscan p0 0 4 wp",
            c =>
            {
                bool held = c.Machine.PtLockOwner(0) == c.Actor.Value + 1;
                if (held)
                    c.Machine.SetPtLock(ref c.Touched, 0, 5);
                return held;
            }),
        new("locks left-behind", "a path ends with a reference of its own",
            "mmap p0 0 1 anon rw\nstore p0 0",
            c =>
            {
                ref Task task = ref c.Machine.ChangeTask(ref c.Touched, default);
                bool ends = task.Depth == 0;
                if (ends)
                    task.HoldCount = 1;
                return ends;
            }),
        new("locks left-behind", "a thread outlives its process",
            "mmap p0 0 1 anon rw\nfork p0 -> p1\nexit p1",
            c =>
            {
                bool ends = c.Actor == new ActorId(1) && c.Machine.TaskAt(new ActorId(1)).Depth == 0;
                if (ends)
                    c.Machine.NoteBegun(new ActorId(5));
                return ends;
            }),
        new("locks deadlock", "the holder of the page-table lock waits for a page that the waiting thread has locked",
            "mmap p0 0 1 anon rw\nstore p0 0\nDAMAGE\ndontneed p0 0 1",
            c =>
            {
                c.Machine.SetPtLock(ref c.Touched, 0, 10);
                PageAt(c).LockOwner = 1;
                Waits(c, new ActorId(9), WaitKind.PageLock, PageOf(c).Value);
            }),
        new("locks nobody-wakes", "a migration entry of a page that nobody migrates",
            "mmap p0 0 1 anon rw\nstore p0 0\nstart t8 migrate p0 0\nstep t8 4\nload p0 0",
            c =>
            {
                bool migrates = c.Machine.PteAt(First).IsMigration;
                if (migrates)
                    c.Machine.ChangeFrame(ref c.Touched, c.Machine.PteAt(First).PfnSwapEntryToPage()).LockOwner = 0;
                return migrates;
            }),
        new("locks nobody-wakes", "write-out that nobody ends",
            "mmap p0 0 1 anon rw\nstore p0 0\nswapout p0 0\nswapoff",
            c =>
            {
                ref readonly Task task = ref c.Machine.TaskAt(c.Actor);
                bool reads = task.Operation == (byte)OperationKind.Swapoff
                    && c.Machine.FrameAt(task.Pfn) is { InSwapCache: true, Locked: false };
                if (reads)
                    c.Machine.ChangeFrame(ref c.Touched, task.Pfn).Set(FrameFlags.Writeback);
                return reads;
            }),
        new("mlock-resident locked-swapped-out", "the mapping loses VM_LOCKED, and reclaim takes the page",
            "mmap p0 0 1 anon rw\nstore p0 0\nmlock p0 0 1\nDAMAGE\nswapout p0 0",
            c => c.Machine.ChangeVma(ref c.Touched, default, 0).Flags &= ~VmFlags.Locked),
        new("soft-dirty-complete not-reported", "PAGEMAP_SCAN forgets what it has seen",
            "mmap p0 0 1 anon rw\nuffd p0 -> u0 wp-async wp-unpopulated\nregister u0 0 1\nstore p0 0\nscan p0 0 1",
            c => SetReport(c, 0)),
        new("errno wrong-result", "PAGEMAP_SCAN reports what was not written",
            "mmap p0 0 2 anon rw\nuffd p0 -> u0 wp-async wp-unpopulated\nregister u0 0 2\nwp u0 0 2\nscan p0 0 2",
            c => SetReport(c, 3)),
    ];

    public static TheoryData<int, string> Damages()
    {
        TheoryData<int, string> data = [];
        for (int i = 0; i < Rows.Length; i++)
            data.Add(i, $"{Rows[i].Clause}: {Rows[i].What}");
        return data;
    }

    [Theory]
    [MemberData(nameof(Damages))]
    public void A_damaged_machine_is_noticed(int row, string name)
    {
        Assert.NotEmpty(name);
        Assert.Equal("nothing", Run(Rows[row], isDamaged: false));
        Assert.Equal(Rows[row].Clause, Run(Rows[row], isDamaged: true));
    }

    [Fact]
    public void Every_clause_has_a_program_or_a_damage_that_violates_it()
    {
        HashSet<string> shown = [.. Rows.Select(row => row.Clause)];
        foreach (string file in Corpus.CorpusTests.Files(string.Empty))
        {
            shown.UnionWith(File.ReadLines(file).Where(line => line.StartsWith("expect ", StringComparison.Ordinal))
                .Select(line => line["expect ".Length..]));
        }

        Assert.Empty(Enum.GetValues<Clause>().Select(Name).Except(shown));
    }

    private static string Run(Row row, bool isDamaged)
    {
        var runner = new Runner(Profile.Repaired);
        bool between = row.Program.Contains(Here, StringComparison.Ordinal);
        runner.Context.Observer = isDamaged && !between ? new AfterEveryStage(row.Do) : null;
        foreach (string line in row.Program.Split('\n'))
        {
            if (line != Here)
            {
                Operation operation = Scenarios.Scenario.Parse(line);
                runner.Execute(in operation);
            }
            else if (isDamaged)
            {
                row.Do(runner.Context);
            }

            if (runner.Violation is { } violation)
                return $"{violation.PropertyName} {violation.ClauseName}";
        }

        return "nothing";
    }

    private static string Name(Clause clause) =>
        $"{PropertyCatalogue.Of(PropertyCatalogue.PropertyOf(clause)).Name} {Names.Dashed(clause)}";

    private static ref Frame PageAt(Context c) => ref c.Machine.ChangeFrame(ref c.Touched, PageOf(c));

    private static Pfn PageOf(Context c) => c.Machine.PteAt(First).Pfn;

    private static void SetEntry(Context c, EntryIndex entry, Pte pte) =>
        c.Machine.SetPte(ref c.Touched, entry, pte);

    private static bool SetReport(Context c, ushort pages)
    {
        ref Task task = ref c.Machine.ChangeTask(ref c.Touched, c.Actor);
        bool scans = task.Operation == (byte)OperationKind.Scan && task.Depth == 0;
        if (scans)
            task.Value = new Token(pages);
        return scans;
    }

    /// <summary>Makes an actor wait, in a path of its own.</summary>
    private static void Waits(Context c, ActorId actor, WaitKind kind, byte on)
    {
        ref Task task = ref c.Machine.ChangeTask(ref c.Touched, actor);
        task.State = TaskState.Blocked;
        task.WaitKind = kind;
        task.WaitOn = on;
        task.Depth = 1;
        task.PtLock = 1;
        c.Machine.NoteBegun(actor);
        c.Machine.NoteBlocked(actor, blocked: true);
    }

    /// <summary>A clause, the damage in words, a sound program, and what is done to the machine.</summary>
    private sealed record Row(string Clause, string What, string Program, Func<Context, bool> Do)
    {
        public Row(string clause, string what, string program, Action<Context> once)
            : this(clause, what, program, c =>
            {
                once(c);
                return true;
            })
        {
        }
    }

    private sealed class AfterEveryStage(Func<Context, bool> damage) : IStageObserver
    {
        private bool done;

        public void BeforeStage(Context context, ActorId actor)
        {
        }

        public void AfterStage(Context context, ActorId actor) => done = done || damage(context);
    }
}
