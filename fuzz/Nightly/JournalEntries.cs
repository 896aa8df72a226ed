// What a night writes down as it goes: an entry for whatever is finished or found. The state of a night is what its
// entries say, so that a night that was killed goes on where its journal ends.
// Not covered: the file (Journal), what entries add up to (NightProgress).

using System.Collections.Generic;
using System.Collections.Immutable;
using System.Text.Json.Serialization;
using MmFuzz.Reports.Night;

namespace MmFuzz.Cli.Nightly;

/// <summary>An entry.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(NightBegun), "begun")]
[JsonDerivedType(typeof(NightResumed), "resumed")]
[JsonDerivedType(typeof(TimePassed), "time")]
[JsonDerivedType(typeof(PartBegun), "part-begun")]
[JsonDerivedType(typeof(PartSkipped), "part-skipped")]
[JsonDerivedType(typeof(PartDone), "part-done")]
[JsonDerivedType(typeof(ReplayDone), "replayed")]
[JsonDerivedType(typeof(CanaryDone), "canary")]
[JsonDerivedType(typeof(BugDone), "bug")]
[JsonDerivedType(typeof(FaultDone), "fault")]
[JsonDerivedType(typeof(FindingMade), "finding")]
[JsonDerivedType(typeof(FuzzDone), "fuzzed")]
[JsonDerivedType(typeof(DivergenceMade), "divergence")]
[JsonDerivedType(typeof(LinuxDone), "compared")]
[JsonDerivedType(typeof(TimedOut), "timed-out")]
[JsonDerivedType(typeof(Failed), "failed")]
[JsonDerivedType(typeof(NightEnded), "ended")]
internal abstract record JournalEntry
{
    /// <summary>Seconds of work since the night began, pauses left out.</summary>
    public double At { get; init; }
}

/// <summary>The night began.</summary>
/// <param name="Settings">What is asked for.</param>
/// <param name="Commit">The commit it runs on.</param>
/// <param name="CommitTime">When that was made.</param>
/// <param name="Started">When.</param>
internal sealed record NightBegun(NightSettings Settings, string Commit, string CommitTime, string Started)
    : JournalEntry;

/// <summary>It was taken up again.</summary>
/// <param name="Now">When.</param>
internal sealed record NightResumed(string Now) : JournalEntry;

/// <summary>It is still at work.</summary>
internal sealed record TimePassed : JournalEntry;

/// <summary>A part began.</summary>
/// <param name="Part">Which.</param>
/// <param name="Deadline">When it must end, in seconds of work; null if programs are counted.</param>
internal sealed record PartBegun(string Part, double? Deadline) : JournalEntry;

/// <summary>A part is left out.</summary>
/// <param name="Part">Which.</param>
/// <param name="Reason">Why.</param>
internal sealed record PartSkipped(string Part, string Reason) : JournalEntry;

/// <summary>A part is over.</summary>
/// <param name="Part">Which.</param>
/// <param name="Complete">Whether it did all of its work.</param>
internal sealed record PartDone(string Part, bool Complete) : JournalEntry;

/// <summary>A finding of an earlier night, run again.</summary>
/// <param name="Finding">What it was, or is.</param>
/// <param name="IsLeft">Whether it shows it still.</param>
internal sealed record OldFinding(FoundProgram Finding, bool IsLeft);

/// <summary>The corpus and the findings of earlier nights were replayed.</summary>
/// <param name="Corpus">Programs of the corpus.</param>
/// <param name="Wrong">Those that do not do what they must.</param>
/// <param name="Old">Findings of earlier nights.</param>
internal sealed record ReplayDone(
    int Corpus, ImmutableArray<CorpusResult> Wrong, ImmutableArray<OldFinding> Old) : JournalEntry;

/// <summary>The canary sang, or not.</summary>
/// <param name="Canary">How; its freshness is found out later.</param>
/// <param name="Seconds">How long it took.</param>
internal sealed record CanaryDone(NightCanary Canary, double Seconds) : JournalEntry;

/// <summary>A row of the kill matrix was tried.</summary>
/// <param name="Bug">What became of it.</param>
internal sealed record BugDone(NightBug Bug) : JournalEntry;

/// <summary>A generated fault was tried.</summary>
/// <param name="Fault">What became of it.</param>
/// <param name="Problem">What is wrong with that; null for nothing.</param>
/// <param name="InAll">How many faults there are.</param>
internal sealed record FaultDone(NightFault Fault, string? Problem, int InAll) : JournalEntry;

/// <summary>A program that violates something.</summary>
/// <param name="Property">The property.</param>
/// <param name="Clause">The clause.</param>
/// <param name="AttributedTo">What explains it; null if nothing does.</param>
/// <param name="Operations">Its length.</param>
/// <param name="File">Its file, relative to the night's directory.</param>
/// <param name="Program">Its text.</param>
/// <param name="First">Number of the generated program that showed it.</param>
/// <param name="FoundBy">The command that shows it.</param>
internal sealed record FoundProgram(
    string Property,
    string Clause,
    ImmutableArray<string>? AttributedTo,
    int Operations,
    string File,
    string Program,
    ulong First,
    string FoundBy)
{
    /// <summary>What makes two findings the same.</summary>
    [JsonIgnore]
    public string Key => FindingKey.Of(this);
}

/// <summary>Something was found; it is on the disk.</summary>
/// <param name="Part">In which part.</param>
/// <param name="Variant">On which variant.</param>
/// <param name="Unit">In which unit of it.</param>
/// <param name="Finding">What.</param>
internal sealed record FindingMade(string Part, string Variant, int Unit, FoundProgram Finding) : JournalEntry;

/// <summary>A unit of fuzzing is over.</summary>
/// <param name="Part">The part.</param>
/// <param name="Variant">The variant.</param>
/// <param name="Unit">Its number, from 0, among the variant's.</param>
/// <param name="First">Number of its first program.</param>
/// <param name="Programs">How many it ran.</param>
/// <param name="Operations">Operations.</param>
/// <param name="Seconds">Time.</param>
/// <param name="Goals">How often each goal was reached; those never reached are left out.</param>
/// <param name="NewOutcomes">Pairs of operation and outcome that the night had not met before.</param>
/// <param name="Judged">Properties that had something to judge.</param>
/// <param name="Shapes">State shapes known at its end, if it was guided.</param>
/// <param name="Findings">Files of its findings, in order.</param>
/// <param name="Counts">By file, how many programs showed a finding, of this unit or of one before.</param>
internal sealed record FuzzDone(
    string Part,
    string Variant,
    int Unit,
    ulong First,
    long Programs,
    long Operations,
    double Seconds,
    Dictionary<string, long> Goals,
    ImmutableArray<string> NewOutcomes,
    ImmutableArray<string> Judged,
    long Shapes,
    ImmutableArray<string> Findings,
    Dictionary<string, long> Counts) : JournalEntry;

/// <summary>The kernel and the model differ; the program is on the disk.</summary>
/// <param name="Unit">In which unit.</param>
/// <param name="Divergence">What.</param>
internal sealed record DivergenceMade(int Unit, NightDivergence Divergence) : JournalEntry;

/// <summary>A unit of comparing is over.</summary>
/// <param name="Unit">Its number, from 0.</param>
/// <param name="Release">The kernel.</param>
/// <param name="Profile">Its model.</param>
/// <param name="First">Number of its first program.</param>
/// <param name="Programs">Programs compared.</param>
/// <param name="Operations">Operations compared.</param>
/// <param name="Seconds">Time.</param>
/// <param name="Noise">Differences that did not come back.</param>
/// <param name="Files">Files of its divergences.</param>
internal sealed record LinuxDone(
    int Unit,
    string Release,
    string Profile,
    ulong First,
    long Programs,
    long Operations,
    double Seconds,
    long Noise,
    ImmutableArray<string> Files) : JournalEntry;

/// <summary>Something took far longer than it may, and is not waited for.</summary>
/// <param name="Part">In which part.</param>
/// <param name="Name">What.</param>
/// <param name="Seconds">For how long it was waited for.</param>
internal sealed record TimedOut(string Part, string Name, double Seconds) : JournalEntry;

/// <summary>Something failed inside mmfuzz.</summary>
/// <param name="Part">In which part.</param>
/// <param name="Name">What.</param>
/// <param name="Words">How.</param>
internal sealed record Failed(string Part, string Name, string Words) : JournalEntry;

/// <summary>The night is over.</summary>
/// <param name="Finished">When.</param>
internal sealed record NightEnded(string Finished) : JournalEntry;
