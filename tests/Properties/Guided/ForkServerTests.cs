// What this file covers: the target's side of AFL++'s protocol, word by word, on streams: greeting, runs, statuses,
// end.
// What it does not cover: processes (TargetProcessTests), AFL++ itself (AflTests).

using System;
using System.Buffers.Binary;
using System.IO;
using System.Linq;
using SharpFuzz;
using Xunit;

namespace MmFuzz.Tests.Guided;

public class ForkServerTests
{
    private const uint SharedInput = 0x0100_0000;

    [Fact]
    public void The_greeting_says_how_large_the_map_is_and_offers_shared_input()
    {
        var said = new MemoryStream();
        Assert.True(new ForkServer(Words(0x8000_0001 | SharedInput), said).Greet(offersSharedInput: true));
        uint hello = Said(said).Single();
        Assert.Equal(0x8000_0001u, hello & 0x8000_0001);
        Assert.Equal(0x4000_0000u, hello & 0x4000_0000);
        Assert.Equal(SharedInput, hello & SharedInput);
        Assert.Equal(0x1_0000u, ((hello >> 1) & 0x7f_ffff) + 1);
    }

    [Fact]
    public void Without_shared_input_the_greeting_does_not_offer_it_and_waits_for_no_answer()
    {
        var said = new MemoryStream();
        Assert.False(new ForkServer(Stream.Null, said).Greet(offersSharedInput: false));
        Assert.Equal(0u, Said(said).Single() & SharedInput);
    }

    [Fact]
    public void A_fuzzer_that_refuses_shared_input_is_understood() =>
        Assert.False(new ForkServer(Words(0x8000_0001), new MemoryStream()).Greet(offersSharedInput: true));

    [Fact]
    public void Each_run_is_answered_with_the_process_and_a_status_until_nobody_asks()
    {
        var said = new MemoryStream();
        int runs = 0;
        new ForkServer(Words(0, 0, 1), said).Serve(() => runs++ == 1 ? 6 : 0);
        uint self = (uint)Environment.ProcessId;
        Assert.Equal([self, 0, self, 6, self, 0], Said(said));
    }

    [Fact]
    public void Half_a_word_is_the_end()
    {
        var said = new MemoryStream();
        new ForkServer(new MemoryStream([0, 0, 0, 0, 0, 0]), said).Serve(() => 0);
        Assert.Equal(2, Said(said).Length);
    }

    [Fact]
    public void An_exception_is_a_crash_unless_it_names_another_status()
    {
        var named = new InvalidOperationException("named");
        named.Data[Fuzzer.StatusKey] = 6;
        Assert.Equal(0, ForkServer.StatusOf(() => { }));
        Assert.Equal(11, ForkServer.StatusOf(() => throw new InvalidOperationException("any")));
        Assert.Equal(6, ForkServer.StatusOf(() => throw named));
    }

    private static MemoryStream Words(params uint[] words)
    {
        var bytes = new byte[4 * words.Length];
        for (int i = 0; i < words.Length; i++)
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4 * i), words[i]);
        return new MemoryStream(bytes);
    }

    private static uint[] Said(MemoryStream said) =>
        [.. said.ToArray().Chunk(4).Select(word => BinaryPrimitives.ReadUInt32LittleEndian(word))];
}
