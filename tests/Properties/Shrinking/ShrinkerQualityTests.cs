// What this file covers: how well programs shrink: known bugs buried in noise, on odd pages, processes and handles,
// with the one text that is their minimum beside them.
// What it does not cover: what holds of every result (ShrinkerTests.cs), speed (bench/).

using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.Properties;
using MmFuzz.Generators;
using MmFuzz.Generators.Shrinking;
using Xunit;
using Runner = MmFuzz.Engine.Runner;

namespace MmFuzz.Tests.Shrinking;

public class ShrinkerQualityTests
{
    private const int NoisePerLine = 8;

    private static readonly string[] Noise =
    [
        "store p0 8", "load p0 9", "store p0 10 by t4", "mprotect p0 9 2 r", "mprotect p0 8 4 rw", "swapout p0 8",
        "migrate p0 10", "pagemap p0 9", "dontneed p0 8 2", "vmsplice p0 9 -> g7", "pipe-read g7", "munmap p0 11 1",
        "start t9 migrate p0 8", "step t9 3", "load p0 10 by t4", "load p0 8", "get p0 8 r -> g6", "unpin g6",
    ];

    [Fact]
    public void Fork_shares_a_pinned_page() => Shrinks("v6.18, without early-cow-fork", """
        mmap p0 0 12 anon rw
        store p0 5
        pin p0 4 3 rw fast -> g3
        devwrite g3 1
        fork p0 -> p2
        """, """
        mmap p0 0 1 anon rw
        pin p0 0 1 rw -> g0
        fork p0 -> p1
        """);

    [Fact]
    public void A_failed_unmap_keeps_the_use_of_its_slot() => Shrinks("v6.18, without unmap-swap-free", """
        mmap p0 0 12 anon rw
        store p0 5
        inject arch-unmap-one 0
        swapout p0 5
        """, """
        inject arch-unmap-one 0
        mmap p0 0 1 anon rw
        store p0 0
        swapout p0 0
        """);

    [Fact]
    public void Mprotect_asks_a_swap_entry_for_its_page() => Shrinks("v6.18, without mprotect-swap-page", """
        mmap p0 0 12 anon rw
        store p0 5 by t4
        swapout p0 5
        mprotect p0 3 4 r
        """, """
        mmap p0 0 1 anon rw
        store p0 0
        swapout p0 0
        mprotect p0 0 1 r
        """);

    [Fact]
    public void A_readers_pin_does_not_unshare() => Shrinks("v6.18, without gup-unshare-slow", """
        mmap p0 0 12 anon rw
        store p0 5
        fork p0 -> p3
        pin p3 5 2 r -> g4
        """, """
        mmap p0 0 1 anon rw
        store p0 0
        fork p0 -> p1
        pin p0 0 1 r -> g0
        """);

    [Fact]
    public void Fork_leaves_the_parents_swap_entry_exclusive() => Shrinks("v6.18, without swap-exclusive-fork", """
        mmap p0 0 12 anon rw
        store p0 5
        swapout p0 5
        fork p0 -> p2
        """, """
        mmap p0 0 1 anon rw
        store p0 0
        swapout p0 0
        fork p0 -> p1
        """);

    [Fact]
    public void Unregistering_leaves_uffd_wp_behind() => Shrinks("v6.18, without uffd-unregister", """
        mmap p0 0 12 anon rw
        uffd p0 -> u1
        register u1 0 16
        store p0 5
        wp u1 4 3
        unregister u1 0 8
        """, """
        mmap p0 0 1 anon r
        load p0 0
        uffd p0 -> u0
        register u0 0 1
        wp u0 0 1
        unregister u0 0 1
        """);

    [Fact]
    public void A_protected_memfd_page_comes_back_writable_from_migration() =>
        Shrinks("v6.1, without migrate-wrprotect", """
        mmap p0 0 12 anon rw
        mmap p0 12 4 memfd i2@1 rw
        uffd p0 -> u0
        register u0 12 4
        store p0 14
        wp u0 13 2
        migrate p0 14 by t8
        store p0 14
        """, """
        mmap p0 0 1 shared i0 rw
        load p0 0
        uffd p0 -> u0
        register u0 0 1
        wp u0 0 1
        migrate p0 0
        store p0 0
        """);

    [Fact]
    public void A_staged_path_that_need_not_be_staged_is_unstaged() => Shrinks("v6.18, without swap-exclusive-fork", """
        mmap p0 0 12 anon rw
        start t0 store p0 5
        step t0 99
        start t8 swapout p0 5
        step t8 4
        step t8 99
        start t4 fork p0 -> p2
        step t4 99
        """, """
        mmap p0 0 1 anon rw
        store p0 0
        swapout p0 0
        fork p0 -> p1
        """);

    private static void Shrinks(string profile, string program, string minimum)
    {
        Profile kernel = Scenarios.Scenario.ProfileOf(profile);
        List<Operation> noisy = Bury(kernel, program.Split('\n'));
        Violation violation = Run(kernel, noisy)!;
        Assert.InRange(noisy.Count, 20, 200);
        ShrinkResult result = new Shrinker().Shrink(
            kernel, noisy, violation, new ShrinkOptions(TimeSpan.FromSeconds(10), MustBeCleanOn: null));
        Assert.Equal(minimum, string.Join('\n', result.Program.Operations.Select(op => op.ToString())));
        Assert.Equal(violation.Clause, result.Violation.Clause);
    }

    /// <summary>The program with noise before each line but the first, as long as that shows nothing itself.</summary>
    private static List<Operation> Bury(Profile kernel, string[] lines)
    {
        var random = new PrngChoices();
        random.Restart(8, 0);
        List<Operation> made = [];
        foreach (string line in lines)
        {
            for (int i = 0; i < NoisePerLine && made.Count > 0; i++)
            {
                random.TryNext(out ChoiceRecord record);
                made.Add(Scenarios.Scenario.Parse(Noise[record.Bits % (ulong)Noise.Length]));
                if (Run(kernel, made) is not null)
                    made.RemoveAt(made.Count - 1);
            }

            made.Add(Scenarios.Scenario.Parse(line));
        }

        return made;
    }

    private static Violation? Run(Profile kernel, IEnumerable<Operation> operations)
    {
        var runner = new Runner(kernel);
        foreach (Operation op in operations.ToImmutableArray())
        {
            runner.Execute(in op);
            if (runner.Violation is not null)
                break;
        }

        return runner.Violation;
    }
}
