// What this file covers: that the parser answers every text with a program or with errors that have a place, and never
// throws: random bytes, words of the language in random order, programs with characters changed, lines cut and joined.
// What it does not cover: the command line's own entry point, files that are no text.

using System;
using System.Collections.Immutable;
using System.Linq;
using System.Text;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.Operations;
using MmFuzz.Generators;
using Xunit;

namespace MmFuzz.Tests.Operations;

public class ParserRobustnessTests
{
    private const int Texts = 40_000;

    private static readonly string[] Words =
    [
        "mmfuzz", "1", "profile", "v6.18", "v99999.1", "without", "with", "early-cow-fork", "mutant", "swap",
        "drop:write@fork-child@anon", "drop:@@", "asynchronous", "expect", "nothing", "start", "step", "by", "t0", "t9",
        "t\u0660", "p0", "p3", "g0", "u1", "i0@7", "i0@256", "i0@", "i@", "@", "->", "anon", "memfd", "shared", "rw",
        "r", "none", "fast", "dontwake", "sigbus", "arch-unmap-one", "0", "15", "16", "-1", "4294967296", "#", "\n",
        "\r\n", "\t", "\0", "\u00a0", "\ud800", "mmap", "store", "pin", "fork", "wp", "inject",
    ];

    [Fact]
    public void Random_bytes_are_never_more_than_a_bad_text()
    {
        var random = new Dice(1);
        for (int i = 0; i < Texts; i++)
        {
            byte[] bytes = new byte[random.Below(200)];
            for (int b = 0; b < bytes.Length; b++)
                bytes[b] = (byte)random.Below(256);
            IsAnswered((i % 2 == 0 ? "mmfuzz 1\n" : string.Empty) + Encoding.UTF8.GetString(bytes));
        }
    }

    [Fact]
    public void Words_of_the_language_in_any_order_are_never_more_than_a_bad_text()
    {
        var random = new Dice(2);
        for (int i = 0; i < Texts; i++)
        {
            var words = Enumerable.Range(0, random.Below(40)).Select(_ => Words[random.Below(Words.Length)]);
            IsAnswered("mmfuzz 1\n" + string.Join(' ', words));
        }
    }

    [Fact]
    public void Programs_that_were_tampered_with_are_read_or_refused()
    {
        var random = new Dice(3);
        var fuzzer = new Fuzzer(Profile.Newest, seed: 3, length: 30);
        int read = 0;
        for (int i = 0; i < Texts; i++)
        {
            if (i % 20 == 0)
                fuzzer.RunProgram(Fuzzer.Apart((ulong)i));
            MmProgram program = new(Profile.Newest, fuzzer.Generator.Recorded.ToArray(), Expectation.Quiet);
            read += IsAnswered(Tamper(program.Print(), random)) ? 1 : 0;
        }

        Assert.InRange(read, Texts / 100, Texts);
    }

    private static string Tamper(string text, Dice random)
    {
        var changed = new StringBuilder(text);
        for (int times = 1 + random.Below(3); times > 0 && changed.Length > 1; times--)
        {
            int at = random.Below(changed.Length);
            int length = Math.Min(random.Below(12), changed.Length - at);
            switch (random.Below(5))
            {
                case 0:
                    changed[at] = (char)random.Below(128);
                    break;
                case 1:
                    changed.Remove(at, length);
                    break;
                case 2:
                    changed.Insert(at, Words[random.Below(Words.Length)]);
                    break;
                case 3:
                    changed.Insert(random.Below(changed.Length), changed.ToString(at, length));
                    break;
                default:
                    changed[at] = (char)(changed[at] ^ (1 << random.Below(16)));
                    break;
            }
        }

        return changed.ToString();
    }

    /// <summary>Whether it is a program; fails if it is not refused with a place inside the text either.</summary>
    private static bool IsAnswered(string text)
    {
        MmProgram? program = MmProgramParser.Parse(text, out ImmutableArray<TextError> errors);
        if (program is not null)
        {
            Assert.Empty(errors);
            Assert.Equal(text, program.Print());
            return true;
        }

        string[] lines = text.Split('\n');
        Assert.NotEmpty(errors);
        foreach (TextError error in errors)
        {
            Assert.InRange(error.Line, 1, lines.Length);
            Assert.InRange(error.Column, 1, lines[error.Line - 1].Length + 1);
        }

        return false;
    }

    /// <summary>Numbers that a seed repeats.</summary>
    private sealed class Dice
    {
        private readonly PrngChoices choices = new();

        public Dice(ulong seed) => choices.Restart(seed, 0);

        public int Below(int bound)
        {
            choices.TryNext(out ChoiceRecord record);
            return (int)(record.Bits % (ulong)Math.Max(1, bound));
        }
    }
}
