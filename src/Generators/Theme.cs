// Themes: small vocabularies of operations that work on the same state, for programs that do few things, and those
// densely. A race needs several operations of one theme within a few stages; among forty kinds that hardly happens.
// Not covered: how often a program has a theme, and what else it draws (Swarm).

using System;
using MmFuzz.Engine.Operations;

namespace MmFuzz.Generators;

/// <summary>A vocabulary, and the set-up that gives it something to do.</summary>
/// <param name="Share">Of sixteen programs with a theme, how many have this one.</param>
/// <param name="Watched">Whether userfaultfd watches; null for whatever was drawn.</param>
/// <param name="Mappings">What the program begins with; null for whatever was drawn.</param>
/// <param name="Kinds">The kinds beside <c>load</c> and <c>store</c>.</param>
/// <param name="Wide">Whether it is about ranges: more pages than one, and one call after the other.</param>
/// <param name="ReadOnly">Whether anonymous memory is mapped read-only at the beginning.</param>
internal sealed record Theme(
    int Share, bool? Watched, SetUpMappings? Mappings, OperationKind[] Kinds, bool Wide = false, bool ReadOnly = false)
{
    private static readonly Theme[] All =
    [
        new(1, null, null,
        [
            OperationKind.Fork, OperationKind.Exit, OperationKind.Pin, OperationKind.Unpin, OperationKind.DevRead,
            OperationKind.DevWrite, OperationKind.Dontneed, OperationKind.DirectIo,
        ]),
        new(1, null, null,
        [
            OperationKind.Swapout, OperationKind.Migrate, OperationKind.Fork, OperationKind.Ref, OperationKind.Unref,
            OperationKind.Inject, OperationKind.MigrateVma,
        ]),
        new(1, null, SetUpMappings.Anon,
        [
            OperationKind.Mlock, OperationKind.Munlock, OperationKind.Mremap, OperationKind.Mmap, OperationKind.Munmap,
            OperationKind.Dontneed, OperationKind.UffdOpen, OperationKind.Register, OperationKind.UffdRead,
        ], Wide: true),
        new(3, true, SetUpMappings.Anon,
        [
            OperationKind.Wp, OperationKind.Unwp, OperationKind.UffdRead, OperationKind.Wake, OperationKind.Get,
        ]),
        new(1, null, null,
        [
            OperationKind.Mprotect, OperationKind.Dontneed, OperationKind.Munmap, OperationKind.Mmap,
            OperationKind.Mremap, OperationKind.Migrate, OperationKind.Swapout,
        ]),
        new(1, false, SetUpMappings.Anon, [OperationKind.Free, OperationKind.Swapout, OperationKind.Fork]),
        new(1, false, SetUpMappings.Anon,
        [
            OperationKind.ForceWrite, OperationKind.DirectIo, OperationKind.Migrate, OperationKind.Swapout,
            OperationKind.Swapoff,
        ], ReadOnly: true),
        new(1, false, SetUpMappings.Memfd, [OperationKind.ClearRefs, OperationKind.Migrate, OperationKind.Pagemap]),
        new(1, null, null,
        [
            OperationKind.Guard, OperationKind.Unguard, OperationKind.Dontneed, OperationKind.Fork,
            OperationKind.Mremap, OperationKind.Swapout, OperationKind.Copy, OperationKind.Punch, OperationKind.Pin,
        ]),
        new(1, false, SetUpMappings.Anon,
        [
            OperationKind.Free, OperationKind.Pageout, OperationKind.Cold, OperationKind.Populate,
            OperationKind.Madvise, OperationKind.Fork, OperationKind.Swapout, OperationKind.Swapoff,
            OperationKind.Mlock, OperationKind.Munlock,
        ]),
        new(1, null, null,
        [
            OperationKind.ClearRefs, OperationKind.Pagemap, OperationKind.Migrate, OperationKind.Mremap,
            OperationKind.Swapout,
        ]),
        new(1, null, SetUpMappings.File,
        [
            OperationKind.ForceWrite, OperationKind.FileWrite, OperationKind.Dontneed, OperationKind.Get,
            OperationKind.NumaHint, OperationKind.Mprotect, OperationKind.Punch, OperationKind.Truncate,
        ]),
        new(1, true, null,
        [
            OperationKind.Copy, OperationKind.Zeropage, OperationKind.Continue, OperationKind.Poison,
            OperationKind.Scan, OperationKind.Register, OperationKind.UffdOpen, OperationKind.Wp, OperationKind.Move,
        ]),
        new(1, true, SetUpMappings.Anon,
        [
            OperationKind.Move, OperationKind.Pin, OperationKind.Unpin, OperationKind.DirectIo, OperationKind.Dontneed,
            OperationKind.Fork, OperationKind.ForceWrite,
        ]),
    ];

    /// <summary>
    /// Memory failure, an event of the world: it takes a sixteenth of the programs of all others, which have none.
    /// </summary>
    public static Theme Failing { get; } = new(0, false, SetUpMappings.PrivateMemfd,
    [
        OperationKind.MemoryFailure, OperationKind.Fork, OperationKind.Pin, OperationKind.Get, OperationKind.Swapout,
        OperationKind.Swapoff,
    ]);

    /// <summary>The kinds as bits.</summary>
    public ulong Mask { get; } = MaskOf(Kinds);

    /// <summary>The theme that a number below sixteen stands for.</summary>
    public static Theme Of(int drawn)
    {
        int at = 0;
        foreach (Theme theme in All)
        {
            at += theme.Share;
            if (drawn < at)
            {
                return theme;
            }
        }

        return All[0];
    }

    private static ulong MaskOf(ReadOnlySpan<OperationKind> kinds)
    {
        ulong mask = 1ul << (int)OperationKind.Load | 1ul << (int)OperationKind.Store;
        foreach (OperationKind kind in kinds)
        {
            mask |= 1ul << (int)kind;
        }

        return mask;
    }
}
