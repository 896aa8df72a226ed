// What this file covers: whatever stands on standard input, the command ends with 0, 1 or 2: bytes at random, bytes
// after a good header, stored programs with bytes, words and lines changed. The numbers are larger; they need
// only larger constants here.
// What it does not cover: the parser alone (Operations/ParserRobustnessTests.cs), arguments (ExitCodeTests.cs).

using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using Xunit;

namespace MmFuzz.Tests.Cli;

public class RobustnessTests
{
    private const int RandomTexts = 20_000;
    private const int MutatedPrograms = 5_000;
    private const int LongestText = 160;

    private static readonly byte[] Header = "mmfuzz 1\n"u8.ToArray();

    [Fact]
    public void Random_bytes_end_with_0_or_1_or_2()
    {
        var random = new Dice(11);
        for (int i = 0; i < RandomTexts; i++)
        {
            byte[] bytes = new byte[random.Below(LongestText)];
            for (int b = 0; b < bytes.Length; b++)
                bytes[b] = (byte)random.Below(256);
            Replay(i % 2 == 0 ? bytes : [.. Header, .. bytes], json: i % 4 < 2);
        }
    }

    [Fact]
    public void Stored_programs_that_were_tampered_with_end_with_0_or_1_or_2()
    {
        var random = new Dice(12);
        byte[][] corpus = Array.ConvertAll(CommandLine.Corpus(), Encoding.UTF8.GetBytes);
        Assert.NotEmpty(corpus);
        int[] codes = new int[3];
        for (int i = 0; i < MutatedPrograms; i++)
        {
            List<byte> text = [.. corpus[random.Below(corpus.Length)]];
            for (int times = 1 + random.Below(3); times > 0; times--)
                Tamper(text, corpus[random.Below(corpus.Length)], random);
            codes[Replay([.. text], json: i % 2 == 0)]++;
        }

        // else the changes are too gentle, or too rough, to try anything
        Assert.All(codes, times => Assert.InRange(times, MutatedPrograms / 100, MutatedPrograms));
    }

    private static int Replay(byte[] text, bool json)
    {
        Answer answer = CommandLine.Feed(text, json ? ["replay", "-", "--json"] : ["replay", "-"]);
        if (answer.Code is not (0 or 1 or 2))
            Assert.Fail($"{answer.Code}: {answer.Error}\n{Convert.ToHexString(text)}");
        if (answer.Code == 2)
            Assert.StartsWith("mmfuzz: -:", answer.Error, StringComparison.Ordinal);
        if (json)
            answer.Json();
        return answer.Code;
    }

    private static void Tamper(List<byte> text, byte[] other, Dice random)
    {
        if (text.Count == 0)
            return;
        int at = random.Below(text.Count);
        switch (random.Below(7))
        {
            case 0:
                text[at] = (byte)random.Below(256);
                break;
            case 1:
                text[at] ^= (byte)(1 << random.Below(8));
                break;
            case 2:
                text.RemoveRange(at, Math.Min(random.Below(12), text.Count - at));
                break;
            case 3:
                text.InsertRange(at, Piece(other, random));
                break;
            case 4:
                text[at] = text[at] is >= (byte)'0' and <= (byte)'9' ? (byte)('0' + random.Below(10)) : text[at];
                break;
            case 5:
                SwapLines(text, random);
                break;
            default:
                InsertLine(text, other, random);
                break;
        }
    }

    private static byte[] Piece(byte[] other, Dice random)
    {
        int from = random.Below(other.Length);
        return other[from..Math.Min(other.Length, from + random.Below(20))];
    }

    private static void SwapLines(List<byte> text, Dice random)
    {
        string[] lines = Lines([.. text]);
        int first = random.Below(lines.Length);
        int second = random.Below(lines.Length);
        (lines[first], lines[second]) = (lines[second], lines[first]);
        Replace(text, lines);
    }

    private static void InsertLine(List<byte> text, byte[] other, Dice random)
    {
        List<string> lines = [.. Lines([.. text])];
        string[] others = Lines(other);
        lines.Insert(random.Below(lines.Count) + 1, others[random.Below(others.Length)]);
        Replace(text, lines);
    }

    // one character for each byte, so that no byte is lost
    private static string[] Lines(byte[] text) => Encoding.Latin1.GetString(text).Split('\n');

    private static void Replace(List<byte> text, IEnumerable<string> lines)
    {
        byte[] bytes = Encoding.Latin1.GetBytes(string.Join('\n', lines));
        text.Clear();
        text.AddRange(bytes.AsEnumerable());
    }
}
