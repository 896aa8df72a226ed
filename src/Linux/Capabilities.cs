// What the kernel and the machine below offer, found out by trying: each capability is a small program that is run.
// Root or not, what cannot be had is named with its reason, and generated programs do without.
// Not covered: changing the machine so that it offers more (SystemChanges).

using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.Operations;

namespace MmFuzz.Linux;

/// <summary>One thing that a machine may offer.</summary>
/// <param name="Name">In a word.</param>
/// <param name="IsAvailable">Whether it does.</param>
/// <param name="Detail">How it is used, or why it cannot be had.</param>
/// <param name="Operations">The operations that it is for.</param>
public sealed record Capability(string Name, bool IsAvailable, string Detail, ImmutableArray<string> Operations);

/// <summary>What this machine offers.</summary>
/// <param name="Kernel">The kernel's release, as it says it.</param>
/// <param name="Profile">The model of it.</param>
/// <param name="All">Every capability.</param>
/// <param name="Kinds">Operations that can be asked for.</param>
/// <param name="CanHold">Whether pins for reading can be held.</param>
/// <param name="Blocks">Blocks of memory that may be taken offline, so that pages can be moved.</param>
public sealed record Capabilities(
    string Kernel,
    Profile Profile,
    ImmutableArray<Capability> All,
    ImmutableHashSet<OperationKind> Kinds,
    bool CanHold,
    ImmutableArray<string> Blocks)
{
    private const string Mapped = "mmap p0 0 4 anon rw\nstore p0 0\n";
    private const string Watched = Mapped + "uffd p0 -> u0\nregister u0 0 16 missing wp\n";

    private static readonly Probe[] Probes =
    [
        new("processes and memory", "mappings, rights, fork, advice, mremap", Mapped + "fork p0 -> p1\nload p1 0",
            [OperationKind.Mmap, OperationKind.Munmap, OperationKind.Mprotect, OperationKind.Dontneed,
                OperationKind.Fork, OperationKind.Exit, OperationKind.Load, OperationKind.Store, OperationKind.Mremap,
                OperationKind.Cold, OperationKind.Madvise, OperationKind.FileWrite]),
        new("mlock", "mlock, munlock", Mapped + "mlock p0 0 2\nmunlock p0 0 2",
            [OperationKind.Mlock, OperationKind.Munlock]),
        new("MADV_FREE", "madvise", Mapped + "free p0 0 1", [OperationKind.Free]),
        new("MADV_POPULATE", "madvise", Mapped + "populate p0 1 1 rw", [OperationKind.Populate]),
        new("holes", "fallocate, MADV_REMOVE",
            "mmap p0 0 4 memfd i0@0 rw\nstore p0 0\npunch i0 0\nremove p0 0 1\n"
            + "mmap p0 8 4 file i1@0 r\nload p0 8\npunch i1 0",
            [OperationKind.Punch, OperationKind.Remove]),
        new("truncation", "ftruncate",
            "mmap p0 0 4 memfd i0@0 rw\nstore p0 1\ntruncate i0 1\nload p0 0\ntruncate i0 8\nload p0 1",
            [OperationKind.Truncate]),
        new("guards", "MADV_GUARD_INSTALL, MADV_GUARD_REMOVE",
            Mapped + "guard p0 0 2\nmmap p0 8 4 memfd i0@0 rw\nguard p0 8 2\nunguard p0 0 2",
            [OperationKind.Guard, OperationKind.Unguard]),
        new("writes past rights", "/proc/PID/mem (FOLL_FORCE)", Mapped + "mprotect p0 0 4 r\nforce-write p0 0",
            [OperationKind.ForceWrite]),
        new("direct I/O", "O_DIRECT, with a file on a disk",
            Mapped + "direct-io p0 0 in\nfork p0 -> p1\ndirect-io p0 0 out", [OperationKind.DirectIo],
            PageBits.MappedOnce, "the page is not pinned: the file system goes through the page cache"),
        new("process_vm", "process_vm_readv and process_vm_writev of the process itself",
            Mapped + "process-vm p0 0 in\nprocess-vm p0 0 out", [OperationKind.ProcessVm]),
        new("pins for writing", "io_uring's registered buffers",
            Mapped + "pin p0 0 1 rw fast longterm -> g0\ndevwrite g0 0\ndevread g0 0\nunpin g0",
            [OperationKind.Pin, OperationKind.Unpin, OperationKind.DevRead, OperationKind.DevWrite]),
        new("pins for reading", "writes to a file of a FUSE file system, held",
            Mapped + "pin p0 0 1 r fast -> g0\ndevread g0 0\ndevread g0 0\nunpin g0", []),
        new("references in a pipe", "vmsplice", Mapped + "vmsplice p0 0 1 -> g0\npipe-read g0",
            [OperationKind.Vmsplice, OperationKind.PipeRead]),
        new("userfaultfd", "a manager of missing and protected pages",
            Watched + "wp u0 0 1\nunwp u0 0 1\ncopy u0 1 1\nzeropage u0 2 1",
            [OperationKind.UffdOpen, OperationKind.UffdClose, OperationKind.Register, OperationKind.Unregister,
                OperationKind.Wp, OperationKind.Unwp, OperationKind.UffdRead, OperationKind.Wake, OperationKind.Copy,
                OperationKind.Zeropage]),
        new("minor faults", "UFFDIO_CONTINUE",
            "mmap p0 0 2 memfd i0@0 rw\nmmap p0 8 2 memfd i0@0 rw\nstore p0 0\nuffd p0 -> u0\n"
            + "register u0 8 2 minor\ncontinue u0 8 1", [OperationKind.Continue]),
        new("poison", "UFFDIO_POISON", Watched + "poison u0 1 1", [OperationKind.Poison]),
        new("moves", "UFFDIO_MOVE", Watched + "move u0 0 1 -> 1", [OperationKind.Move]),
        new("PAGEMAP_SCAN", "written pages, protected again",
            "mmap p0 0 4 anon rw\nuffd p0 -> u0 wp-async\nregister u0 0 16\nstore p0 0\nscan p0 0 4 wp",
            [OperationKind.Scan]),
    ];

    private static readonly Probe Swap = new(
        "swap", "MADV_PAGEOUT", Mapped + "pageout p0 0 1", [OperationKind.Pageout], PageBits.Swap,
        "a page that was to be swapped out stayed in memory");

    private static readonly Probe Migration = new(
        "migration", "taking the block of memory offline in which the page lies",
        Mapped + "fork p0 -> p1\nmigrate p0 0", [OperationKind.Migrate]);

    private static readonly (string Word, string Reason)[] Never =
    [
        ("swapout", "reclaim cannot be pointed at a page that is shared; `pageout` is used"),
        ("inject", "failures cannot be injected into a running kernel from outside"),
        ("numa-hint", "NUMA balancing cannot be pointed at a page"),
        ("swapoff", "it would empty the whole system's swap area"),
        ("memory-failure", "a running kernel would lose the page for good"),
        ("migrate-vma", "device memory needs a driver"),
        ("get", "plain references are taken by vmsplice only"),
        ("ref, unref", "a passing reference of the kernel's own cannot be held"),
        ("start, step", "a path of a running kernel cannot be stopped between two stages"),
    ];

    /// <summary>Finds out; throws an ExecutorException where there is no executor.</summary>
    /// <param name="blocks">Blocks of memory that may be taken offline; none if that is not allowed.</param>
    public static Capabilities Find(ImmutableArray<string> blocks)
    {
        string release = HostFacts.Release();
        Profile profile = HostFacts.ProfileOf(release);
        using var runner = new DifferentialRunner(profile, 0, blocks);
        var all = new List<Capability>();
        AddTraits(all, runner.Traits);
        var kinds = new HashSet<OperationKind>();
        bool holds = false;
        foreach (Probe probe in Probes)
        {
            string? failure = Try(runner, probe);
            all.Add(new Capability(probe.Name, failure is null, failure ?? probe.How, WordsOf(probe.Kinds)));
            kinds.UnionWith(failure is null ? probe.Kinds : []);
            holds |= failure is null && probe.Kinds.Length == 0;
            if (failure is not null)
            {
                profile = Lacking(profile, probe.Kinds);
            }
        }

        string? noSwap = HostFacts.HasSwap() ? Try(runner, Swap)
            : "there is no swap area (--allow-system-changes adds one in memory for the time of a run)";
        all.Add(new Capability(Swap.Name, noSwap is null, noSwap ?? Swap.How, WordsOf(Swap.Kinds)));
        kinds.UnionWith(noSwap is null ? Swap.Kinds : []);
        string? stays = blocks.Length > 0 ? Try(runner, Migration)
            : "no memory may be taken offline (--allow-system-changes with --migrate allows it)";
        all.Add(new Capability(Migration.Name, stays is null, stays ?? Migration.How, WordsOf(Migration.Kinds)));
        kinds.UnionWith(stays is null ? Migration.Kinds : []);
        bool tracks = HostFacts.IsConfigured("CONFIG_MEM_SOFT_DIRTY");
        all.Add(new Capability(
            "soft-dirty", false,
            tracks ? "the executor does not ask for it yet" : "the kernel is built without CONFIG_MEM_SOFT_DIRTY",
            ["clear-refs", "pagemap"]));
        all.AddRange(Never.Select(static pair => new Capability(pair.Word, false, pair.Reason, [pair.Word])));
        return new Capabilities(release, profile, [.. all], [.. kinds], holds, blocks);
    }

    /// <summary>Why this machine's kernel cannot be asked to do it; null if it can.</summary>
    public string? WhyNot(in Operation op)
    {
        bool reads = op.Kind == OperationKind.Pin && !op.Has(OperationFlags.Write);
        if (reads ? CanHold : Kinds.Contains(op.Kind))
        {
            return null;
        }

        string word = reads ? "pin r" : OperationPrinter.Word(op.Kind);
        return All.FirstOrDefault(one => !one.IsAvailable && one.Operations.Contains(word))?.Detail
            ?? "it cannot be had here";
    }

    /// <summary>Restricts generated programs to what is offered.</summary>
    /// <param name="migrates">Whether pages are moved, too: it takes milliseconds, and moves everybody's.</param>
    public KernelFilter Filter(bool migrates) =>
        new(migrates ? Kinds : Kinds.Remove(OperationKind.Migrate), CanHold);

    private static void AddTraits(List<Capability> all, ExecutorTraits traits)
    {
        Add(ExecutorTraits.Namespaces, "namespaces", "processes and mounts of its own", "needs root");
        Add(ExecutorTraits.Pages, "page frames", "kpageflags, kpagecount, page frame numbers", "needs root");
        Add(ExecutorTraits.Realtime, "real-time threads", "whoever is woken runs at once", "needs root");

        void Add(ExecutorTraits trait, string name, string how, string why) =>
            all.Add(new Capability(name, traits.HasFlag(trait), traits.HasFlag(trait) ? how : why, []));
    }

    private static Profile Lacking(Profile profile, OperationKind[] kinds) =>
        kinds.Contains(OperationKind.Scan) ? profile.Without(Fix.PagemapScan)
        : kinds.Contains(OperationKind.Poison) ? profile.Without(Fix.UffdPoison)
        : kinds.Contains(OperationKind.Guard) ? profile.Without(Fix.MadviseGuard)
        : profile;

    private static ImmutableArray<string> WordsOf(OperationKind[] kinds) =>
        kinds.Length == 0 ? ["pin r"] : [.. kinds.Select(OperationPrinter.Word)];

    private static string? Try(DifferentialRunner runner, Probe probe)
    {
        MmProgram program = MmProgramParser.Parse("mmfuzz 1\n" + probe.Program + "\n", out _)
            ?? throw new InvalidOperationException("a probe that is no program: " + probe.Program);
        var prepared = new PreparedProgram();
        runner.Run(prepared, program.Operations.AsMemory());
        for (int i = 0; i < prepared.Count; i++)
        {
            StepRecord step = prepared.Kernel(i);
            if (step.Status != StepStatus.Ended || step.Error != 0)
            {
                return $"`{prepared.Sent[i]}` answers: {StepText.Result(step)}";
            }
        }

        // what the profile itself says cannot come cannot be missed
        int last = prepared.Count - 1;
        return prepared.Model(last).Pages[0].Has(probe.Expected) && !prepared.Kernel(last).Pages[0].Has(probe.Expected)
            ? probe.Otherwise
            : null;
    }

    private sealed record Probe(
        string Name,
        string How,
        string Program,
        OperationKind[] Kinds,
        PageBits Expected = PageBits.None,
        string Otherwise = "");
}
