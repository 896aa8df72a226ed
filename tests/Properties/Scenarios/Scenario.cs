// What this file covers: programs with what is expected of each line beside it, as one text, so that a failure shows
// expected and actual text side by side. Each is run twice, checking what was touched and checking everything.
//
//     store p0 0        | ok          what the line answered: ok, an errno, a signal, what was read (#2, 0, dirty, t0),
//     start t8 wp u0 0  | moving      or why it did not: blocked, moving (started, to be stepped), skipped: REASON
//     ? p0 0            | A write     an entry; pages are called A, B, C in the order in which they are first asked for
//     ? page A          | refs 1 maps 1 exclusive
//
// A line without a bar must answer ok. A violation stands on a line of its own: `! property (clause)`.
// What it does not cover: which expectations are right (the other files of this folder).

using System;
using System.Collections.Generic;
using System.Linq;
using MmFuzz.Engine;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.State;
using Xunit;
using Runner = MmFuzz.Engine.Runner;

namespace MmFuzz.Tests.Scenarios;

/// <summary>A program that is run line by line.</summary>
internal sealed class Scenario
{
    private readonly Runner runner;
    private readonly List<byte> pages = [];

    private Scenario(Profile profile, bool everything) =>
        runner = new Runner(profile) { ChecksEverything = everything };

    /// <summary>The world after the program.</summary>
    internal ref readonly World World => ref runner.World;

    /// <summary>Runs a program for a release, or for <c>v6.18, without early-cow-fork</c>, and compares.</summary>
    internal static Scenario Run(string profile, string text)
    {
        Scenario? last = null;
        foreach (bool everything in new[] { true, false })
        {
            last = new Scenario(ProfileOf(profile), everything);
            Assert.Equal(text, last.Execute(text));
        }

        return last!;
    }

    /// <summary>The profile that words describe, as a header would.</summary>
    internal static Profile ProfileOf(string words)
    {
        string header = "mmfuzz 1\nprofile " + words.Replace(", ", "\n", StringComparison.Ordinal);
        MmProgram? program = MmProgramParser.Parse(header, out var errors);
        return program?.Profile ?? throw new ArgumentException(errors[0].Message, nameof(words));
    }

    /// <summary>Reads one operation.</summary>
    internal static Operation Parse(string line) =>
        OperationParser.TryParse(line, 1, 0, out Operation op, out TextError? error)
            ? op
            : throw new ArgumentException($"{line}: {error!.Message} (column {error.Column})", nameof(line));

    private string Execute(string text)
    {
        List<string> actual = [];
        foreach (string line in text.Split('\n'))
        {
            if (!line.StartsWith('!'))
                actual.Add(Execute(line, line.IndexOf('|', StringComparison.Ordinal)));
            if (runner.Violation is { } violation)
            {
                actual.Add($"! {violation.PropertyName} ({violation.ClauseName})");
                break;
            }
        }

        return string.Join('\n', actual);
    }

    private string Execute(string line, int bar)
    {
        string code = (bar < 0 ? line : line[..bar]).Trim();
        if (code.Length == 0 || code[0] == '#')
            return line;
        string answer = code[0] == '?' ? Look(code[1..].Split(' ', StringSplitOptions.RemoveEmptyEntries)) : Do(code);
        return bar >= 0 ? $"{line[..bar]}| {answer}" : answer == "ok" ? line : $"{line} | {answer}";
    }

    private string Do(string code)
    {
        Operation op = Parse(code);
        World before = default;
        runner.Save(ref before);
        Outcome outcome = runner.Execute(in op);
        if (outcome.Skip != SkipReason.None)
        {
            bool same = World.Bytes(in before).SequenceEqual(World.Bytes(in runner.World));
            return $"skipped: {Names.Dashed(outcome.Skip)}{(same ? string.Empty : ", BUT THE WORLD CHANGED")}";
        }

        if (!outcome.Ended)
            return World.Machine.TaskAt(op.Actor).State == TaskState.Blocked ? "blocked" : "moving";
        return outcome.Errno != Errno.None ? outcome.Errno.ToString() : op.Kind switch
        {
            OperationKind.DevRead or OperationKind.PipeRead => outcome.Value.ToString(),
            _ when op.ReadsPage => outcome.Value.ToString(),
            OperationKind.Scan => Answer.PagesOf(outcome.Value),
            OperationKind.UffdRead => $"t{outcome.Number}",
            OperationKind.Pagemap => outcome.Number == 1 ? "dirty" : "clean",
            _ => "ok",
        };
    }

    private string Look(string[] words) => words[0] switch
    {
        "page" => DescribePage(new Pfn(pages[words[1][0] - 'A'])),
        "slot" => DescribeSlot(in World.Machine.SlotAt(new SlotId(byte.Parse(words[1], null)))),
        "inode" => DescribeCache(in World.Machine.CacheAt(new CacheIndex(new InodeId((byte)(words[1][1] - '0')),
            int.Parse(words[2], null)))),
        "pin" => PageName(World.Machine.HandleAt(new HandleId((byte)(words[1][1] - '0'))).Pages[0]),
        "mappings" => string.Join(", ", Mappings(new MmId((byte)(words[1][1] - '0')))),
        "event" => World.Machine.EventAt(new ActorId((byte)(words[1][1] - '0'))).State.ToString(),
        "goal" => runner.Context.Goals[(int)Enum.Parse<Engine.Kernel.Goal>(words[1])].ToString(null, null),
        _ => DescribeEntry(World.Machine.PteAt(
            new EntryIndex(new MmId((byte)(words[0][1] - '0')), new Va(byte.Parse(words[1], null))))),
    };

    /// <summary>The entry without young, which says nothing here, and with names for pages.</summary>
    private string DescribeEntry(Pte pte)
    {
        string text = pte.ToString();
        bool names = pte.NamesPage && !pte.IsSwap && !pte.IsZeroPage;
        return names ? text.Replace(pte.Pfn.ToString(), PageName(pte.Pfn), StringComparison.Ordinal) : text;
    }

    private string PageName(Pfn pfn)
    {
        if (pfn.IsZeroPage)
            return "zero page";
        if (!pages.Contains(pfn.Value))
            pages.Add(pfn.Value);
        return ((char)('A' + pages.IndexOf(pfn.Value))).ToString();
    }

    private string DescribePage(Pfn pfn)
    {
        ref readonly Frame frame = ref World.Machine.FrameAt(pfn);
        if (frame.Kind == FrameKind.Free)
            return "free";
        (int pins, int refs) = int.DivRem(frame.Refcount, Limits.GupPinCountingBias);
        return $"{(frame.Kind == FrameKind.Anon ? string.Empty : Names.Dashed(frame.Kind) + " ")}refs {refs}"
            + $"{(pins > 0 ? $" pins {pins}" : string.Empty)} maps {frame.Mapcount}"
            + (frame.AnonExclusive ? " exclusive" : string.Empty)
            + (frame.InSwapCache ? " swap-cache" : string.Empty)
            + $" holds {frame.Content}";
    }

    private static string DescribeSlot(in SwapSlot slot) =>
        slot.InUse
            ? $"uses {slot.Count}{(slot.HasCachePage ? " cached" : string.Empty)} holds {slot.Content}"
            : "free";

    private string DescribeCache(in CacheEntry entry) => entry.Kind switch
    {
        CacheKind.Hole => "hole",
        CacheKind.Page => PageName(entry.Pfn),
        CacheKind.Swap => entry.Slot.ToString(),
    };

    private IEnumerable<string> Mappings(MmId mm) =>
        Enumerable.Range(0, World.Machine.MmAt(mm).VmaCount).Select(index =>
        {
            Vma vma = World.Machine.VmaAt(mm, index);
            string rights = vma.Has(VmFlags.Write) ? "rw" : vma.Has(VmFlags.Read) ? "r" : "none";
            return $"{vma.Start}-{vma.End} {rights}{(vma.UffdWp ? " wp" : string.Empty)}";
        });
}
