// What this file covers: searches of the machine and of the reference memory that use vectors, or numbers made of
// several fields: which entries, pages and counts are found, and which are not.
// What it does not cover: what the found is used for.

using MmFuzz.Engine.State;
using Xunit;

namespace MmFuzz.Tests.State;

public class MachineSearchTests
{
    [Fact]
    public void Entries_that_a_fork_is_filling_are_those_of_its_child()
    {
        World world = Empty();
        Touched touched = default;
        world.Machine.SetState(ref touched, new MmId(0), MmState.Live);
        world.Machine.SetState(ref touched, new MmId(2), MmState.Forking);

        Assert.Equal(0xfffful << 32, world.Machine.EntriesForking());
    }

    [Fact]
    public void Writable_entries_are_those_present_with_the_bit()
    {
        World world = Empty();
        Touched touched = default;
        var pfn = new Pfn(5);
        world.Machine.SetPte(ref touched, new EntryIndex(3), Pte.Present(pfn, EntryBits.Write | EntryBits.Dirty));
        world.Machine.SetPte(ref touched, new EntryIndex(20), Pte.Present(pfn, EntryBits.Young));
        world.Machine.SetPte(ref touched, new EntryIndex(63), Pte.Migration(pfn, EntryBits.Write));

        Assert.Equal(1ul << 3, world.Machine.EntriesWritable());
        Assert.Equal((1ul << 3) | (1ul << 20), world.Machine.EntriesMapping(pfn));
        Assert.Equal((1ul << 3) | (1ul << 20) | (1ul << 63), world.Machine.EntriesNaming(pfn));
    }

    [Fact]
    public void Pages_cached_are_those_of_any_CPU_that_are_of_that_address_space()
    {
        World world = Empty();
        Touched touched = default;
        for (int cpu = 0; cpu < Limits.Cpus; cpu++)
        {
            world.Machine.SetTlb(ref touched, cpu, new Va((byte)(3 * cpu)), Translation(new MmId(1)));
            world.Machine.SetTlb(ref touched, cpu, new Va(15), Translation(new MmId((byte)cpu)));
        }

        Assert.Equal((1 << 0) | (1 << 3) | (1 << 6) | (1 << 9) | (1 << 15), world.Machine.PagesCached(new MmId(1)));
        Assert.Equal(1 << 15, world.Machine.PagesCached(new MmId(3)));
    }

    [Fact]
    public void Entries_that_show_a_page_of_a_file_are_shared_or_have_it_behind_them()
    {
        World world = Empty();
        Touched touched = default;
        var file = new CacheIndex(0); // which rows name that have to do with no file, too
        world.Reference.ChangeRow(ref touched, new EntryIndex(1)).Flags = RowFlags.Mapped;
        world.Reference.ChangeRow(ref touched, new EntryIndex(2)).Flags = RowFlags.Mapped | RowFlags.Shared;
        world.Reference.ChangeRow(ref touched, new EntryIndex(63)).Flags = RowFlags.Mapped | RowFlags.HasFile;
        ref PageRow other = ref world.Reference.ChangeRow(ref touched, new EntryIndex(40));
        other.Flags = RowFlags.Mapped | RowFlags.Shared;
        other.File = new CacheIndex(1);

        Assert.Equal((1ul << 2) | (1ul << 63), world.Reference.EntriesShowing(file));
    }

    [Fact]
    public void A_task_has_something_in_hand_by_any_of_seven_counts_and_by_no_other()
    {
        Assert.Equal(0ul, new Task { Faults = 255, Entry = 255, End = 255, Change = default }.InHand);
        Assert.NotEqual(0ul, new Task { HoldCount = 1 }.InHand);
        Assert.NotEqual(0ul, new Task { OwesFlush = 1 }.InHand);
        Assert.NotEqual(0ul, new Task { Gathers = 1 }.InHand);
        Assert.NotEqual(0ul, new Task { MmapRead = 1 }.InHand);
        Assert.NotEqual(0ul, new Task { MmapWrite = 1 }.InHand);
        Assert.NotEqual(0ul, new Task { PtLock = 1 }.InHand);
        Assert.NotEqual(0ul, new Task { PtLock2 = 1 }.InHand);
    }

    private static World Empty()
    {
        World.Reset(out World world);
        return world;
    }

    private static TlbEntry Translation(MmId mm) => new(mm, new Pfn(7), write: false, dirty: false);
}
