// The C program as text: what it is about, the parts of the frame that it needs (src/Linux/reproducer), and `main` with
// a paragraph for each line of the program.
// Not covered: what a line becomes (CStatement), what it must show (TwoKernels).

using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.IO;
using System.Text;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.State;

namespace MmFuzz.Linux.Reproducing;

/// <summary>Writes C programs.</summary>
internal sealed class ReproducerText
{
    private static readonly string[] PartOrder =
        ["files", "userfaultfd", "pins", "holds", "pipes", "pagemap", "migration"];

    private readonly ReproducerWords words;
    private readonly ImmutableArray<string> replaced;
    private readonly ImmutableArray<string> added;
    private readonly string tells;
    private readonly StringBuilder text = new();
    private readonly StringBuilder body = new();
    private readonly CStatement statement = new();
    private readonly bool[] second = new bool[Limits.Mms];

    /// <summary>Makes a text.</summary>
    public ReproducerText(
        ReproducerWords words, ImmutableArray<string> replaced, ImmutableArray<string> added, string tells)
    {
        this.tells = tells;
        this.words = words;
        this.replaced = replaced;
        this.added = added;
    }

    /// <summary>The text.</summary>
    /// <param name="program">The operations.</param>
    /// <param name="lines">What is to be seen after each; the last one tells.</param>
    public string Of(Operation[] program, List<List<Sight>> lines)
    {
        Array.ForEach(program, op => second[op.Process.IsNone ? 0 : op.Process.Value] |= NeedsSecond(in op));
        for (int i = 0; i < program.Length; i++)
        {
            Line(in program[i], i + 1, lines[i]);
        }

        Head(program);
        text.Append(Part("head")).Append('\n').Append(Part("base")).Append('\n');
        foreach (string part in PartOrder)
        {
            if (statement.Parts.Contains(part))
            {
                text.Append(Part(part)).Append('\n');
            }
        }

        bool told = lines[^1].Exists(static sight => sight.Tells);
        text.Append("/* ---- the program ---- */\n\nint main(void)\n{\n").Append(Setup(program)).Append(body)
            .Append(told ? string.Empty : "\n    agrees();\n").Append("}\n");
        return text.ToString();
    }

    private static bool NeedsSecond(in Operation op) =>
        op.Kind == OperationKind.Move // which a thread of the process must ask for, even if one of them waits
        || (Enabled.RunsInProcess(op.Kind) && op.Actor.Value is >= Limits.Mms and < Limits.UserActors);

    private static string Part(string name)
    {
        using Stream stream = typeof(ReproducerText).Assembly.GetManifestResourceStream("reproducer." + name)
            ?? throw new InvalidOperationException($"there is no part {name}");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private static string Quoted(string words) => words.Replace("*/", "* /", StringComparison.Ordinal);

    private void Head(Operation[] program)
    {
        text.Append("/*\n * ").Append(Quoted(words.Title)).Append('\n');
        foreach (string paragraph in words.Words)
        {
            text.Append(" *\n");
            foreach (string line in Wrapped(Quoted(paragraph)))
            {
                text.Append(" * ").Append(line).Append('\n');
            }
        }

        text.Append(" *\n * The program (MmFuzz; `").Append(Quoted(words.Command)).Append("`):\n");
        for (int i = 0; i < program.Length; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $" *  {i + 1,3}  {program[i]}\n");
        }

        foreach (string one in replaced)
        {
            text.Append(" * ").Append(one).Append(", which no program can ask a kernel for.\n");
        }

        if (added.Length > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $" * Of it the last {added.Length} lines were added: ")
                .Append("they make what has gone wrong visible.\n");
        }

        foreach (string line in Wrapped(Quoted($"What tells: {tells}.")))
        {
            text.Append(" * ").Append(line).Append('\n');
        }

        text.Append(" *\n * Build: gcc -O1 -pthread -o bug bug.c   Run, as root: ./bug\n")
            .Append(" * Exit code: 0 the bug does not show, 1 it does, 3 the kernel goes another way altogether,\n")
            .Append(" * 4 the machine lacks something.\n")
            .Append(" * Made by MmFuzz. SPDX-License-Identifier: Apache-2.0\n */\n");
    }

    private static IEnumerable<string> Wrapped(string paragraph)
    {
        const int Columns = 114;
        var line = new StringBuilder();
        foreach (string word in paragraph.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Length + word.Length + 1 > Columns)
            {
                yield return line.ToString();
                line.Clear();
            }

            line.Append(line.Length == 0 ? string.Empty : " ").Append(word);
        }

        yield return line.ToString();
    }

    private string Setup(Operation[] program)
    {
        var setup = new StringBuilder();
        var made = new HashSet<byte>();
        foreach (Operation op in program)
        {
            if (op.Kind == OperationKind.Mmap && op.Mapping is VmaKind.MemfdShared or VmaKind.MemfdPrivate
                or VmaKind.FilePrivate && made.Add(op.Slot))
            {
                string kind = op.Mapping == VmaKind.FilePrivate ? "disk_file" : "memory_file";
                setup.Append(CultureInfo.InvariantCulture, $"    {kind}({op.Slot});\n");
            }
        }

        setup.Append(statement.Parts.Contains("holds") ? "    own_mounts();\n" : string.Empty);
        setup.Append("    begin();\n");
        setup.Append(second[0] ? "    start_second_thread(P0);\n" : string.Empty);
        return setup.ToString();
    }

    private void Line(in Operation op, int number, List<Sight> sights)
    {
        body.Append(CultureInfo.InvariantCulture, $"\n    line({number}, \"{op}\");\n");
        body.Append("    ").Append(statement.Of(in op, number)).Append(";\n");
        foreach (Sight sight in sights)
        {
            Look(in op, sight);
        }
    }

    private void Look(in Operation op, Sight sight)
    {
        if (sight.Look.Kind == LookKind.SwappedOut)
        {
            body.Append("    ").Append(statement.Of(sight.Look)).Append(";\n");
            return;
        }

        if (sight.Look.Kind != LookKind.Result)
        {
            body.Append(CultureInfo.InvariantCulture, $"    also(\"{Label(sight.Look)}\");\n");
            body.Append("    ").Append(statement.Of(sight.Look)).Append(";\n");
        }

        body.Append("    ").Append(sight.Tells
            ? $"tells({OutcomeText.C(sight.Repaired)}, {OutcomeText.C(sight.Broken)});\n"
            : $"must({OutcomeText.C(sight.Repaired)});\n");
        bool forked = op.Kind == OperationKind.Fork && sight.Repaired.How == How.Ends && second[op.Slot];
        body.Append(forked ? $"    start_second_thread(P{op.Slot});\n" : string.Empty);
    }

    private static string Label(Look look) => look.Kind switch
    {
        LookKind.Result or LookKind.SwappedOut => string.Empty,
        LookKind.FurtherPage => $"...page {look.Number}",
        LookKind.Thread => $"...t{look.Number}, which waited,",
        LookKind.PagemapBit => $"...bit {look.Number} of pagemap, p{look.Process}:{look.Page},",
        LookKind.PageFlag => $"...bit {look.Number} of kpageflags, p{look.Process}:{look.Page},",
    };
}
