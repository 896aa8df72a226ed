// Differences between two machines that their lists of things do not show: fields of tasks, address spaces, frames and
// mappings, by their names. Only asked for when nothing else differs, so that a difference is never left unnamed.
// Not covered: what the lists show (StateItems).

using System.Collections.Generic;
using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.CompilerServices;
using MmFuzz.Engine.State;

namespace MmFuzz.Reports.Explaining;

/// <summary>Names fields that differ.</summary>
internal static class HiddenDifferences
{
    /// <summary>A row for each field that differs.</summary>
    public static ImmutableArray<StateRow> Of(in Machine left, in Machine right)
    {
        var rows = ImmutableArray.CreateBuilder<StateRow>();
        for (byte i = 0; i < Limits.Actors; i++)
        {
            var actor = new ActorId(i);
            Compare(rows, StateGroup.Thread, actor.ToString(), left.TaskAt(actor), right.TaskAt(actor));
        }

        for (byte i = 0; i < Limits.Mms; i++)
        {
            var mm = new MmId(i);
            Compare(rows, StateGroup.Process, mm.ToString(), left.MmAt(mm), right.MmAt(mm));
            for (int v = 0; v < Limits.VmasPerMm; v++)
            {
                Compare(rows, StateGroup.Mapping, $"{mm}, number {v}", left.VmaAt(mm, v), right.VmaAt(mm, v));
            }
        }

        for (byte i = 0; i < Limits.Frames; i++)
        {
            var pfn = new Pfn(i);
            Compare(rows, StateGroup.Frame, pfn.ToString(), left.FrameAt(pfn), right.FrameAt(pfn));
        }

        for (byte i = 0; i < Limits.Entries; i++)
        {
            var entry = new EntryIndex(i);
            Compare(rows, StateGroup.Entry, entry.ToString(), left.PteAt(entry), right.PteAt(entry));
        }

        return rows.ToImmutable();
    }

    private static void Compare<T>(
        ImmutableArray<StateRow>.Builder rows, StateGroup group, string thing, T left, T right)
        where T : struct
    {
        foreach (FieldInfo field in Fields(typeof(T)))
        {
            object? before = field.GetValue(left);
            object? after = field.GetValue(right);
            if (!Equals(before, after))
            {
                string name = $"{thing}, {field.Name}";
                rows.Add(new StateRow(group, name, $"{before}", $"{after}"));
            }
        }
    }

    /// <summary>Fields that can be compared and shown; arrays inside a struct can be neither.</summary>
    private static IEnumerable<FieldInfo> Fields(System.Type type)
    {
        foreach (FieldInfo field in type.GetFields(BindingFlags.Instance | BindingFlags.Public))
        {
            if (field.FieldType.GetCustomAttribute<InlineArrayAttribute>() is null)
            {
                yield return field;
            }
        }
    }
}
