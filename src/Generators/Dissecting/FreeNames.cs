// Which names that several lines use may be others throughout: processes (with their threads), handles, userfaultfds,
// inodes, threads. The lines' texts are changed as a reader would change them, and read again.
// Not covered: names that one line uses (FreeOperands), pages (all of them together, in FreeOperands).

using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using System.Text.RegularExpressions;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.State;

namespace MmFuzz.Generators.Dissecting;

/// <summary>A name that may be another throughout.</summary>
/// <param name="Name">The name.</param>
/// <param name="Others">What it may be instead.</param>
public sealed record FreeName(string Name, ImmutableArray<string> Others);

/// <summary>Finds them.</summary>
internal static partial class FreeNames
{
    /// <summary>Those of a program, in the order in which it uses them.</summary>
    public static ImmutableArray<FreeName> Of(VariantTrial trial)
    {
        string[] lines = [.. trial.Operations.Select(static op => op.ToString())];
        string[] used = [.. lines.SelectMany(NamesIn).Distinct()];
        var free = ImmutableArray.CreateBuilder<FreeName>();
        foreach (string name in used)
        {
            if (lines.Count(line => NamesIn(line).Contains(name)) < 2)
            {
                continue;
            }

            ImmutableArray<string> others =
            [
                .. Alternatives(name).Except(used).Where(other => IsSame(trial, lines, Renaming(name, other))),
            ];
            if (!others.IsEmpty)
            {
                free.Add(new FreeName(name, others));
            }
        }

        return free.ToImmutable();
    }

    private static bool IsSame(VariantTrial trial, string[] lines, Dictionary<string, string> renaming)
    {
        var variant = new Operation[lines.Length];
        for (int i = 0; i < lines.Length; i++)
        {
            string line = Name().Replace(lines[i], match => renaming.GetValueOrDefault(match.Value, match.Value));
            if (!OperationParser.TryParse(line, 1, 0, out variant[i], out _))
            {
                return false;
            }
        }

        return trial.Try(variant).IsSame;
    }

    /// <summary>What becomes what: the threads of a process go with it.</summary>
    private static Dictionary<string, string> Renaming(string name, string other)
    {
        var renaming = new Dictionary<string, string> { [name] = other };
        if (name[0] == 'p')
        {
            var from = new ActorId((byte)Number(name));
            var to = new ActorId((byte)Number(other));
            renaming[from.ToString()] = to.ToString();
            renaming[$"t{from.Value + Limits.Mms}"] = $"t{to.Value + Limits.Mms}";
        }

        return renaming;
    }

    private static IEnumerable<string> NamesIn(string line) => Name().Matches(line).Select(static match => match.Value);

    private static IEnumerable<string> Alternatives(string name)
    {
        int count = name[0] switch
        {
            'p' => Limits.Mms,
            'g' => Limits.Handles,
            'u' => Limits.Uffds,
            'i' => Limits.Inodes,
            _ => Limits.Actors,
        };
        return Enumerable.Range(0, count)
            .Select(number => string.Create(CultureInfo.InvariantCulture, $"{name[0]}{number}"));
    }

    private static int Number(string name) => name[1] - '0';

    [GeneratedRegex(@"\b[pguit][0-9]\b")]
    private static partial Regex Name();
}
