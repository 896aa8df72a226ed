// What this file covers: page-table entries as a tagged union: what each kind of entry may be asked, and that asking
// for anything else throws; that what an entry is made of comes out of it again; how it reads in words.
// What it does not cover: which entry a transition makes of which (Scenarios/).

using System;
using System.Collections.Generic;
using System.Linq;
using MmFuzz.Engine.State;
using Xunit;

namespace MmFuzz.Tests.State;

public class PteTests
{
    private const EntryBits SwapBits = EntryBits.SoftDirty | EntryBits.UffdWp | EntryBits.Exclusive;

    private static readonly PteKind[] Present = [PteKind.Present];
    private static readonly PteKind[] Swap = [PteKind.Swap];

    private static readonly PteKind[] Migration =
        [PteKind.MigrationRead, PteKind.MigrationReadExclusive, PteKind.MigrationWrite];

    private static readonly PteKind[] Device = [PteKind.DevicePrivate, PteKind.DeviceExclusive];
    private static readonly PteKind[] Pages = [.. Present, .. Swap, .. Migration, .. Device, PteKind.HwPoison];

    /// <summary>What can be asked, and of which kinds.</summary>
    private static readonly (string Name, Func<Pte, object> Ask, PteKind[] Of)[] Questions =
    [
        ("Write", pte => pte.Write, Present),
        ("Protnone", pte => pte.Protnone, Present),
        ("Young", pte => pte.Young, Present),
        ("Dirty", pte => pte.Dirty, [.. Present, .. Migration]),
        ("SoftDirty", pte => pte.SoftDirty, Pages),
        ("UffdWp", pte => pte.UffdWp, [.. Enum.GetValues<PteKind>().Where(kind => kind != PteKind.None)]),
        ("SwapExclusive", pte => pte.SwapExclusive, Swap),
        ("Slot", pte => pte.Slot, Swap),
        ("Pfn", pte => pte.Pfn, [.. Present, .. Migration, .. Device, PteKind.HwPoison]),
        ("PfnSwapEntryToPage", pte => pte.PfnSwapEntryToPage(), [.. Migration, .. Device]),
    ];

    [Fact]
    public void A_swap_entry_asked_for_its_write_bit_is_a_misuse_and_says_so()
    {
        var swap = Pte.Swap(new SlotId(3), EntryBits.Exclusive);
        EncodingException misuse = Assert.Throws<EncodingException>(() => swap.Write);
        Assert.Equal("Write asked of swap slot3 exclusive", misuse.Message);
    }

    [Fact]
    public void A_swap_entry_asked_for_its_page_is_a_misuse()
    {
        var swap = Pte.Swap(new SlotId(3), EntryBits.None);
        EncodingException misuse = Assert.Throws<EncodingException>(() => swap.PfnSwapEntryToPage());
        Assert.Equal("PfnSwapEntryToPage asked of swap slot3", misuse.Message);
    }

    [Fact]
    public void Every_question_is_answered_by_the_kinds_that_have_it_and_by_no_other()
    {
        List<string> wrong = [];
        foreach ((string name, Func<Pte, object> ask, PteKind[] of) in Questions)
        {
            foreach (PteKind kind in Enum.GetValues<PteKind>())
            {
                if (Answers(ask, OfKind(kind)) != of.Contains(kind))
                    wrong.Add($"{name} of {kind}");
            }
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public void An_inode_entry_answers_for_its_kind_only()
    {
        var page = new CacheEntry { Kind = CacheKind.Page, Number = 5 };
        var swap = new CacheEntry { Kind = CacheKind.Swap, Number = 5 };
        Assert.Equal(new Pfn(5), page.Pfn);
        Assert.Equal(new SlotId(5), swap.Slot);
        Assert.Throws<EncodingException>(() => page.Slot);
        Assert.Throws<EncodingException>(() => swap.Pfn);
        Assert.Throws<EncodingException>(() => default(CacheEntry).Pfn);
        Assert.Throws<EncodingException>(() => default(CacheEntry).Slot);
    }

    [Fact]
    public void A_present_entry_gives_back_its_frame_and_every_bit_but_exclusive()
    {
        foreach (Pfn pfn in AllFrames())
        {
            foreach (EntryBits bits in AllBits())
            {
                var pte = Pte.Present(pfn, bits);
                Assert.Equal((PteKind.Present, pfn, bits & ~EntryBits.Exclusive), (pte.Kind, pte.Pfn, pte.Bits));
                Assert.Equal(bits.HasFlag(EntryBits.Write), pte.Write);
                Assert.Equal(pfn.Value == 0, pte.IsZeroPage);
            }
        }
    }

    [Fact]
    public void A_swap_entry_gives_back_its_slot_and_the_three_bits_that_survive()
    {
        for (byte slot = 0; slot < Limits.SwapSlots; slot++)
        {
            foreach (EntryBits bits in AllBits())
            {
                var pte = Pte.Swap(new SlotId(slot), bits);
                Assert.Equal((PteKind.Swap, new SlotId(slot), bits & SwapBits), (pte.Kind, pte.Slot, pte.Bits));
                Assert.Equal(bits.HasFlag(EntryBits.Exclusive), pte.SwapExclusive);
            }
        }
    }

    [Fact]
    public void A_migration_entry_says_write_and_exclusive_by_its_kind()
    {
        foreach (EntryBits bits in AllBits())
        {
            var pte = Pte.Migration(new Pfn(9), bits);
            PteKind kind = bits.HasFlag(EntryBits.Write) ? PteKind.MigrationWrite
                : bits.HasFlag(EntryBits.Exclusive) ? PteKind.MigrationReadExclusive
                : PteKind.MigrationRead;
            Assert.Equal((kind, new Pfn(9)), (pte.Kind, pte.Pfn));
            Assert.Equal(bits.HasFlag(EntryBits.UffdWp), pte.UffdWp);
            Assert.Equal(bits.HasFlag(EntryBits.SoftDirty), pte.SoftDirty);
            Assert.Equal(bits.HasFlag(EntryBits.Dirty), pte.Dirty);
        }
    }

    [Fact]
    public void Bits_that_are_set_can_be_taken_away_again()
    {
        var pte = Pte.Present(new Pfn(63), EntryBits.Young);
        Assert.Equal(pte, pte.With(EntryBits.UffdWp).Without(EntryBits.UffdWp));
        Assert.True(pte.With(EntryBits.UffdWp).UffdWp);
        Assert.Equal(new Pfn(63), pte.With(EntryBits.UffdWp).Pfn);
    }

    [Fact]
    public void Entries_read_in_words()
    {
        Assert.Equal("none", Pte.None.ToString());
        Assert.Equal("zero page", Pte.Present(Pfn.Zero, EntryBits.None).ToString());
        Assert.Equal("pfn3 write dirty", Pte.Present(new Pfn(3), EntryBits.Write | EntryBits.Dirty).ToString());
        Assert.Equal("swap slot2 uffd-wp exclusive",
            Pte.Swap(new SlotId(2), EntryBits.UffdWp | EntryBits.Exclusive).ToString());
        Assert.Equal("migration-read-exclusive pfn4", Pte.Migration(new Pfn(4), EntryBits.Exclusive).ToString());
        Assert.Equal("marker uffd-wp", Pte.UffdWpMarker().ToString());
    }

    private static Pte OfKind(PteKind kind) => new((uint)kind);

    private static bool Answers(Func<Pte, object> ask, Pte pte)
    {
        try
        {
            ask(pte);
            return true;
        }
        catch (EncodingException)
        {
            return false;
        }
    }

    private static IEnumerable<Pfn> AllFrames() =>
        Enumerable.Range(0, Limits.Frames).Select(number => new Pfn((byte)number));

    private static IEnumerable<EntryBits> AllBits() => Enumerable.Range(0, 128).Select(bits => (EntryBits)bits);
}
