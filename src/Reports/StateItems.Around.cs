// Lists what surrounds the pages of a world: mappings, userfaultfds with their events, page-table locks, references in
// flight. Not covered: the pages themselves (StateItems.cs).

using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using MmFuzz.Engine.State;

namespace MmFuzz.Reports;

public static partial class StateItems
{
    /// <summary>A mapping in words.</summary>
    private static string Mapping(in Vma vma)
    {
        string from = string.Create(CultureInfo.InvariantCulture, $"{vma.Inode} from page {vma.PageOffset} on");
        var words = new List<string>
        {
            vma.Kind switch
            {
                VmaKind.None => "nothing",
                VmaKind.Anon => "private memory",
                VmaKind.SharedAnon => $"shared with children, {from}",
                VmaKind.MemfdShared => $"memfd {from}, shared",
                VmaKind.MemfdPrivate => $"memfd {from}, private",
                VmaKind.FilePrivate => $"file {from}, private",
                VmaKind.HugetlbShared => $"huge pages {from}, shared",
                VmaKind.HugetlbPrivate => "huge pages, private",
            },
            vma.Has(VmFlags.Write) ? "writable" : vma.Has(VmFlags.Read) ? "read-only" : "inaccessible",
        };
        AddWord(words, vma.Has(VmFlags.PageProtWrite), "fresh entries writable");
        AddWord(words, vma.Has(VmFlags.SoftDirty), "VM_SOFTDIRTY");
        AddWord(words, vma.Has(VmFlags.Locked), "VM_LOCKED");
        string uffd = $"registered with u{vma.Uffd - 1} for";
        AddWord(words, vma.UffdWp, $"{uffd} write-protection");
        AddWord(words, vma.Has(VmFlags.UffdMissing), $"{uffd} missing pages");
        AddWord(words, vma.Has(VmFlags.UffdMinor), $"{uffd} minor faults");
        return string.Join(", ", words);
    }

    private static void AddMappings(List<StateItem> items, in Machine machine)
    {
        for (byte m = 0; m < Limits.Mms; m++)
        {
            var mm = new MmId(m);
            for (int v = 0; v < machine.MmAt(mm).VmaCount; v++)
            {
                ref readonly Vma vma = ref machine.VmaAt(mm, v);
                int number = (((m * 32) + vma.Start) * 32) + vma.End;
                items.Add(new StateItem(StateGroup.Mapping, number, Range(mm, vma.Start, vma.End), Mapping(in vma))
                {
                    Mm = mm,
                    Page = vma.Start,
                });
            }
        }
    }

    private static string Range(MmId mm, int start, int end) => end - start == 1
        ? string.Create(CultureInfo.InvariantCulture, $"{mm}:{start}")
        : string.Create(CultureInfo.InvariantCulture, $"{mm}:{start}-{end - 1}");

    private static void AddUffds(List<StateItem> items, in Machine machine)
    {
        for (byte i = 0; i < Limits.Uffds; i++)
        {
            ref readonly Uffd uffd = ref machine.UffdAt(new UffdId(i));
            if (uffd.IsOpen)
            {
                string features = uffd.Features == UffdFeatures.None
                    ? string.Empty
                    : $", features {uffd.Features}";
                string text = uffd.Mm == MmId.None ? "watches nobody any more" : $"watches {uffd.Mm}";
                items.Add(new StateItem(StateGroup.Uffd, i, new UffdId(i).ToString(), text + features));
            }
        }

        for (byte i = 0; i < Limits.UserActors; i++)
        {
            ref readonly UffdEvent raised = ref machine.EventAt(new ActorId(i));
            if (raised.State != UffdEventState.None)
            {
                string access = (raised.Flags & (UffdFaultFlags.Write | UffdFaultFlags.Wp)) != 0 ? "store to"
                    : "load of";
                string page = (raised.Flags & UffdFaultFlags.Wp) != 0 ? "protected page"
                    : (raised.Flags & UffdFaultFlags.Minor) != 0 ? "cached page"
                    : "missing page";
                string state = raised.State switch
                {
                    UffdEventState.None => "none",
                    UffdEventState.Pending => "not read yet",
                    UffdEventState.Read => "read by the manager",
                    UffdEventState.Woken => "answered",
                };
                string what = Change(raised.Flags)
                    ?? string.Create(CultureInfo.InvariantCulture, $"{access} {page} {raised.Va.Value}");
                string text = $"{what} for {raised.Uffd}, {state}";
                items.Add(new StateItem(StateGroup.Event, i, new ActorId(i).ToString(), text));
            }
        }
    }

    /// <summary>A change of the address space in words; null for a fault.</summary>
    private static string? Change(UffdFaultFlags flags) => (flags & UffdFaultFlags.Changes) switch
    {
        UffdFaultFlags.Fork => "fork",
        UffdFaultFlags.Remap => "mremap",
        UffdFaultFlags.Remove => "discard to come",
        UffdFaultFlags.Unmap => "munmap",
        _ => null,
    };

    private static void AddPtLocks(List<StateItem> items, in Machine machine)
    {
        for (int i = 0; i < Limits.Pmds; i++)
        {
            byte owner = machine.PtLockOwner(i);
            if (owner != 0)
            {
                int start = i % Limits.PmdsPerMm * Limits.HpagePmdNr;
                var mm = new MmId((byte)(i / Limits.PmdsPerMm));
                string thing = Range(mm, start, start + Limits.HpagePmdNr);
                items.Add(new StateItem(StateGroup.PtLock, i, thing, $"held by t{owner - 1}")
                {
                    Mm = mm,
                    Page = start,
                });
            }
        }
    }

    private static ImmutableArray<StateLink> HeldBy(in Task task)
    {
        var links = ImmutableArray.CreateBuilder<StateLink>();
        for (int i = 0; i < task.HoldCount; i++)
        {
            links.Add(StateLink.To(task.Holds[i]));
        }

        return links.ToImmutable();
    }

    /// <summary>References in flight.</summary>
    private static string Held(in Task task)
    {
        var text = new StringBuilder();
        for (int i = 0; i < task.HoldCount; i++)
        {
            string verb = (task.PinnedHolds & (1 << i)) != 0 ? "pins" : "holds";
            text.Append(CultureInfo.InvariantCulture, $", {verb} {task.Holds[i]}");
        }

        return text.ToString();
    }
}
