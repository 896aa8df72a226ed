// Which fixes repair a program's kernel: of those that its header takes out, the fewest whose return leaves nothing
// violated; else whatever Attribution finds. The header's own come first, since the program is about them, even if some
// other fix would hide the bug as well.
// Not covered: generated faults, which no fix mends.

using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.Properties;

namespace MmFuzz.Generators.Dissecting;

/// <summary>Finds repairs.</summary>
public static class Repair
{
    /// <summary>The fixes; null if none are known.</summary>
    public static ImmutableArray<Fix>? Of(MmProgram program, Violation violation)
    {
        ArgumentNullException.ThrowIfNull(program);
        ArgumentNullException.ThrowIfNull(violation);
        Profile profile = program.Profile;
        FixSet added = profile.Missing;
        var clean = new CleanRun(profile.WithFixes(profile.Fixes.Or(added)));
        if (added == FixSet.Empty || !clean.IsClean(program.Operations.AsSpan()))
        {
            return Attribution.Of(profile, program.Operations, violation);
        }

        foreach (Fix fix in (List<Fix>)[.. added.Members])
        {
            FixSet fewer = added.Without(fix);
            clean.Profile = profile.WithFixes(profile.Fixes.Or(fewer));
            added = fewer != FixSet.Empty && clean.IsClean(program.Operations.AsSpan()) ? fewer : added;
        }

        return [.. added.Members];
    }
}
