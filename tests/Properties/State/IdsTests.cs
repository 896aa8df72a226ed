// What this file covers: numbers packed into numbers: entries, inode pages, tokens, translations; which CPU an actor
// runs on; when a page may be pinned.
// What it does not cover: page-table entries (PteTests.cs).

using System.Linq;
using MmFuzz.Engine.State;
using Xunit;

namespace MmFuzz.Tests.State;

public class IdsTests
{
    [Fact]
    public void An_entry_index_gives_back_its_address_space_and_its_page()
    {
        for (int i = 0; i < Limits.Entries; i++)
        {
            var mm = new MmId((byte)(i / Limits.PagesPerMm));
            var va = new Va((byte)(i % Limits.PagesPerMm));
            var entry = new EntryIndex(mm, va);
            Assert.Equal((i, mm, va), (entry.Value, entry.Mm, entry.Va));
            Assert.Equal(i / Limits.HpagePmdNr, entry.PtLock);
        }
    }

    [Fact]
    public void An_inode_page_gives_back_its_inode_and_its_index()
    {
        for (int i = 0; i < Limits.CachePages; i++)
        {
            var inode = new InodeId((byte)(i / Limits.InodePages));
            int index = i % Limits.InodePages;
            var page = new CacheIndex(inode, index);
            Assert.Equal((i, inode, index), (page.Value, page.Inode, page.Index));
        }
    }

    [Fact]
    public void A_token_gives_back_its_writer_and_its_running_number()
    {
        for (int entry = 0; entry < Limits.Entries; entry++)
        {
            for (int serial = 1; serial < Limits.Serials; serial++)
            {
                var origin = new EntryIndex((byte)entry);
                var token = new Token(origin, serial);
                Assert.Equal((origin, serial, false), (token.Origin, token.Serial, token.IsZero));
            }
        }
    }

    [Fact]
    public void A_fresh_page_holds_the_token_of_no_store()
    {
        Assert.True(Token.Zero.IsZero);
        Assert.Equal("0", Token.Zero.ToString());
        Assert.Equal("#7", new Token(new EntryIndex(5), 7).ToString());
    }

    [Fact]
    public void A_translation_gives_back_what_it_was_made_of()
    {
        for (int number = 0; number < Limits.Mms * Limits.Frames * 4; number++)
        {
            var mm = new MmId((byte)(number & 3));
            var pfn = new Pfn((byte)(number >> 4));
            bool write = (number & 4) != 0;
            bool dirty = (number & 8) != 0;
            var entry = new TlbEntry(mm, pfn, write, dirty);
            Assert.Equal((true, mm, pfn, write, dirty), (entry.IsValid, entry.Mm, entry.Pfn, entry.Write, entry.Dirty));
            Assert.True(entry.IsOf(mm));
            Assert.False(entry.IsOf(new MmId((byte)((mm.Value + 1) & 3))));
        }
    }

    [Fact]
    public void No_translation_is_a_translation_of_p0() => Assert.False(default(TlbEntry).IsOf(default));

    [Fact]
    public void The_two_threads_of_a_process_never_share_a_CPU()
    {
        for (byte p = 0; p < Limits.Mms; p++)
        {
            var main = new ActorId(p);
            var second = new ActorId((byte)(p + Limits.Mms));
            Assert.Equal(main.Mm, second.Mm);
            Assert.NotEqual(main.Cpu, second.Cpu);
        }
    }

    [Fact]
    public void Every_actor_runs_on_a_CPU_that_exists() =>
        Assert.All(
            Enumerable.Range(0, Limits.Actors),
            number => Assert.InRange(new ActorId((byte)number).Cpu, 0, Limits.Cpus - 1));

    [Theory]
    [InlineData(1023, 0, 0, false)]
    [InlineData(1024, 0, 0, true)]
    [InlineData(2000, 0, 2, false)]
    [InlineData(1, 1, 2, true)]
    public void A_small_page_may_be_pinned_by_its_references_and_a_large_one_by_its_pins(
        int references, int pins, int order, bool expected)
    {
        var frame = new Frame { Refcount = (ushort)references, Pincount = (byte)pins, Order = (byte)order };
        Assert.Equal(expected, frame.MaybeDmaPinned);
    }
}
