// Searching the machine: which mapping covers a page, which entries name a frame or a slot, which translations a
// CPU caches. The kernel's rmap is such a search here: a model of 64 entries needs no reverse index.
// Not covered: changing anything (Machine.cs).

using System;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MmFuzz.Engine.State;

public partial struct Machine
{
    /// <summary>The mapping that covers a page: its index, or -1.</summary>
    public readonly int FindVma(MmId mm, Va va)
    {
        int count = mms[mm.Value].VmaCount;
        int first = mm.Value * Limits.VmasPerMm;
        for (int i = 0; i < count; i++)
        {
            ref readonly Vma vma = ref vmas[first + i];
            if (va.Value < vma.End)
            {
                return va.Value >= vma.Start ? i : -1;
            }
        }

        return -1;
    }

    /// <summary>Bit n: a CPU may load from page n of the address space without a fault.</summary>
    /// <param name="mm">The address space.</param>
    /// <param name="writable">Those of them that it may store to.</param>
    public readonly int PagesOpen(MmId mm, out int writable)
    {
        ref uint first = ref Unsafe.As<PteArray, uint>(ref Unsafe.AsRef(in entries));
        var part = Vector512.LoadUnsafe(ref first, (nuint)(mm.Value * Limits.PagesPerMm));
        Vector512<uint> looked = part & Vector512.Create(15u | ((uint)EntryBits.Protnone << 8));
        int open = (int)Vector512.Equals(looked, Vector512.Create((uint)PteKind.Present)).ExtractMostSignificantBits();
        writable = open & (int)Vector512.ShiftLeft(part, 23).ExtractMostSignificantBits(); // the bit of Write
        return open;
    }

    /// <summary>The last handle that nobody has, for a call that says no number; -1 for none.</summary>
    public readonly int FindFreeHandle()
    {
        int free = Limits.Handles - 1;
        while (free >= 0 && HandleAt(new HandleId((byte)free)).Kind != HandleKind.None)
        {
            free--;
        }

        return free;
    }

    /// <summary>Bit n: entry n is present and maps the frame, which is not the zero page.</summary>
    public readonly ulong EntriesMapping(Pfn pfn) => Match(((uint)pfn.Value << 16) | (uint)PteKind.Present, 0xff000f);

    /// <summary>Bit n: entry n has the frame's number, whatever it is the number of there.</summary>
    public readonly ulong EntriesNaming(Pfn pfn) => Match((uint)pfn.Value << 16, 0xff0000);

    /// <summary>Bit n: somebody holds the page-table lock of entry n.</summary>
    public readonly ulong EntriesLocked() =>
        heldPtLocks == 0 ? 0 : Spread(heldPtLocks) * ((1 << Limits.HpagePmdNr) - 1);

    /// <summary>Bit n: entry n belongs to an address space that a fork is filling.</summary>
    public readonly ulong EntriesForking()
    {
        ulong found = 0;
        for (int i = 0; i < Limits.Mms; i++)
        {
            found |= mms[i].State == MmState.Forking ? 0xfffful << (i * Limits.PagesPerMm) : 0;
        }

        return found;
    }

    /// <summary>Bit n: entry n is present and writable.</summary>
    public readonly ulong EntriesWritable()
    {
        const uint Writable = (uint)PteKind.Present | ((uint)EntryBits.Write << 8);
        return Match(Writable, 15 | Writable);
    }

    /// <summary>Bit n: page n of the inodes is in that slot of the swap area.</summary>
    public readonly uint CachesSwapped(SlotId slot)
    {
        ref uint first = ref Unsafe.As<CacheArray, uint>(ref Unsafe.AsRef(in caches));
        var wanted = Vector512.Create(((uint)slot.Value << 24) | ((uint)CacheKind.Swap << 16));
        uint found = 0;
        for (int i = 0; i < Limits.CachePages; i += Vector512<uint>.Count)
        {
            Vector512<uint> part = Vector512.LoadUnsafe(ref first, (nuint)i) & Vector512.Create(0xffff0000u);
            found |= (uint)Vector512.Equals(part, wanted).ExtractMostSignificantBits() << i;
        }

        return found;
    }

    /// <summary>Bit n: entry n of the address space is not none.</summary>
    private readonly ulong PagesUsed(MmId mm)
    {
        ref uint first = ref Unsafe.As<PteArray, uint>(ref Unsafe.AsRef(in entries));
        var part = Vector512.LoadUnsafe(ref first, (nuint)(mm.Value * Limits.PagesPerMm));
        return ~Vector512.Equals(part, Vector512<uint>.Zero).ExtractMostSignificantBits() & 0xffff;
    }

    /// <summary>Bit n of the set becomes bit 4n.</summary>
    private static ulong Spread(uint set)
    {
        ulong bits = set;
        bits = (bits | (bits << 24)) & 0x0000_00ff_0000_00ff;
        bits = (bits | (bits << 12)) & 0x000f_000f_000f_000f;
        bits = (bits | (bits << 6)) & 0x0303_0303_0303_0303;
        return (bits | (bits << 3)) & 0x1111_1111_1111_1111;
    }

    /// <summary>Bit 4n of the set becomes bit n.</summary>
    private static int Gather(ulong set)
    {
        if (Bmi2.X64.IsSupported)
        {
            return (int)Bmi2.X64.ParallelBitExtract(set, 0x1111_1111_1111_1111);
        }

        ulong bits = set & 0x1111_1111_1111_1111;
        bits = (bits | (bits >> 3)) & 0x0303_0303_0303_0303;
        bits = (bits | (bits >> 6)) & 0x000f_000f_000f_000f;
        bits = (bits | (bits >> 12)) & 0x0000_00ff_0000_00ff;
        return (int)((bits | (bits >> 24)) & 0xffff);
    }

    /// <summary>Bit n: entry n is a migration entry of the frame.</summary>
    public readonly ulong EntriesMigrating(Pfn pfn)
    {
        ulong named = EntriesNaming(pfn);
        ulong found = 0;
        for (; named != 0; named &= named - 1)
        {
            int index = BitOperations.TrailingZeroCount(named);
            found |= entries[index].IsMigration ? 1ul << index : 0;
        }

        return found;
    }

    /// <summary>Bit n: entry n is a swap entry of the slot.</summary>
    public readonly ulong EntriesSwapped(SlotId slot) => Match(((uint)slot.Value << 16) | (uint)PteKind.Swap, 0xff000f);

    /// <summary>Bit (page * 4 + cpu): that TLB entry translates to the frame, for whichever address space.</summary>
    public readonly ulong TlbsNaming(Pfn pfn)
    {
        return MatchTlbs((ushort)(0x8000 | pfn.Value), 0x80ff);
    }

    /// <summary>Bit n: page n of the address space is translated by some CPU's TLB.</summary>
    public readonly int PagesCached(MmId mm)
    {
        ulong found = TlbsOf(mm);
        found |= found >> 1;
        return Gather(found | (found >> 2));
    }

    /// <summary>Bit (page * 4 + cpu): that TLB entry translates the page of that address space.</summary>
    public readonly ulong TlbsOf(MmId mm) => MatchTlbs((ushort)(0x8000 | (mm.Value << 8)), 0x8300);

    /// <summary>Bit 15, 31, 47, 63: the TLB of CPU 0, 1, 2, 3 translates the page of that address space.</summary>
    /// <param name="entry">The page.</param>
    /// <param name="disagreeing">
    /// Those of them that name another frame than the entry does, or allow more than it.
    /// </param>
    public readonly ulong CpusCaching(EntryIndex entry, out ulong disagreeing)
    {
        const ulong Lanes = 0x0001_0001_0001_0001;
        const ulong Tops = 0x8000_8000_8000_8000;
        ref ushort first = ref Unsafe.As<TlbArray, ushort>(ref Unsafe.AsRef(in tlbs));
        ref ushort page = ref Unsafe.Add(ref first, entry.Va.Value * Limits.Cpus);
        ulong four = Unsafe.ReadUnaligned<ulong>(ref Unsafe.As<ushort, byte>(ref page));
        ulong other = (four ^ (Lanes * (0x8000u | ((uint)entry.Mm.Value << 8)))) & (Lanes * 0x8300u);
        ulong caching = ~(other | (other << 6) | (other << 7)) & Tops; // bits 8, 9 and 15 of a lane all agree

        Pte pte = entries[entry.Value];
        uint bits = (uint)pte.Bits;
        uint allowed = ((bits & (uint)EntryBits.Write) << 14) | ((bits & (uint)EntryBits.Dirty) << 12);
        ulong more = ((four ^ (Lanes * (pte.Raw >> 16))) & (Lanes * 0xffu)) | (four & (Lanes * (0x6000u & ~allowed)));
        more |= pte.IsOpen ? 0 : Lanes;
        disagreeing = (more + (Lanes * 0x7fffu)) & caching; // the top bit of a lane that has any bit
        return caching;
    }

    /// <summary>First of the bits that handles have for their pages, of <see cref="HandlesNaming"/>.</summary>
    public const int FirstHandlePage = 8;

    /// <summary>
    /// Bit (16 * h + <see cref="FirstHandlePage"/> + i): page i of handle h is the frame, whether the handle lives or
    /// not; other bits have no meaning. Handles from 4 on are in <paramref name="high"/>.
    /// </summary>
    public readonly ulong HandlesNaming(Pfn pfn, out ulong high)
    {
        ref byte first = ref Unsafe.As<HandleArray, byte>(ref Unsafe.AsRef(in handles));
        var wanted = Vector512.Create(pfn.Value);
        high = Vector512.Equals(
            Vector512.LoadUnsafe(ref first, (nuint)Vector512<byte>.Count), wanted).ExtractMostSignificantBits();
        return Vector512.Equals(Vector512.LoadUnsafe(ref first), wanted).ExtractMostSignificantBits();
    }

    /// <summary>Slots of the swap area that are in use.</summary>
    public readonly int SlotsInUse()
    {
        int count = 0;
        for (int i = 0; i < Limits.SwapSlots; i++)
        {
            count += slots[i].InUse ? 1 : 0;
        }

        return count;
    }

    /// <summary>Whether two machines are the same, byte for byte.</summary>
    public static bool SameBytes(in Machine left, in Machine right) =>
        MemoryMarshal.AsBytes(new ReadOnlySpan<Machine>(in left))
            .SequenceEqual(MemoryMarshal.AsBytes(new ReadOnlySpan<Machine>(in right)));

    private readonly ulong Match(uint wantedBits, uint maskBits)
    {
        ref uint first = ref Unsafe.As<PteArray, uint>(ref Unsafe.AsRef(in entries));
        var wanted = Vector512.Create(wantedBits);
        var mask = Vector512.Create(maskBits);
        ulong found = 0;
        for (int i = 0; i < Limits.Entries; i += Vector512<uint>.Count)
        {
            Vector512<uint> part = Vector512.LoadUnsafe(ref first, (nuint)i);
            found |= Vector512.Equals(part & mask, wanted).ExtractMostSignificantBits() << i;
        }

        return found;
    }

    private readonly ulong MatchTlbs(ushort wantedBits, ushort maskBits)
    {
        ref ushort first = ref Unsafe.As<TlbArray, ushort>(ref Unsafe.AsRef(in tlbs));
        var wanted = Vector512.Create(wantedBits);
        var mask = Vector512.Create(maskBits);
        ulong found = 0;
        for (int i = 0; i < Limits.TlbEntries; i += Vector512<ushort>.Count)
        {
            Vector512<ushort> part = Vector512.LoadUnsafe(ref first, (nuint)i);
            found |= Vector512.Equals(part & mask, wanted).ExtractMostSignificantBits() << i;
        }

        return found;
    }
}
