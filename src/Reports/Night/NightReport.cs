// What a night brought, as data: what the page, the JSON document, JUnit XML and SARIF are made from. Times are in
// seconds, moments in ISO 8601 (UTC). Not covered: how a night is run (fuzz/Nightly).

using System;
using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace MmFuzz.Reports.Night;

/// <summary>A night.</summary>
/// <param name="Head">Which, and how far it is.</param>
/// <param name="Parts">Its parts, in order.</param>
/// <param name="Problems">Why it is red; empty if it is not.</param>
/// <param name="Findings">What was found, each once.</param>
/// <param name="Canary">The bug that must be found; null if that part did not run.</param>
/// <param name="Replays">Programs replayed; null if that part did not run.</param>
/// <param name="Bugs">The kill matrix, as far as it was tried.</param>
/// <param name="Faults">Generated faults, as far as they were tried.</param>
/// <param name="FaultsInAll">How many there are.</param>
/// <param name="Variants">What was fuzzed.</param>
/// <param name="Goals">How often each goal was reached.</param>
/// <param name="Samples">How coverage grew.</param>
/// <param name="Kernel">The real kernel; null if that part did not run.</param>
/// <param name="History">This night and those before it, by commit, the newest first.</param>
public sealed record NightReport(
    NightHead Head,
    ImmutableArray<NightPart> Parts,
    ImmutableArray<NightProblem> Problems,
    ImmutableArray<NightFinding> Findings,
    NightCanary? Canary,
    NightReplays? Replays,
    ImmutableArray<NightBug> Bugs,
    ImmutableArray<NightFault> Faults,
    int FaultsInAll,
    ImmutableArray<NightVariant> Variants,
    ImmutableArray<NightGoal> Goals,
    ImmutableArray<NightSample> Samples,
    NightKernel? Kernel,
    ImmutableArray<NightLine> History);

/// <summary>Which night.</summary>
/// <param name="Commit">The commit it ran on, or <c>unknown</c>.</param>
/// <param name="Started">When it began.</param>
/// <param name="Seconds">How long it worked, pauses left out.</param>
/// <param name="Budget">How long it was to work; null if programs were counted.</param>
/// <param name="Programs">Programs of a variant; null if time decided.</param>
/// <param name="Seed">Where the choices began.</param>
/// <param name="Jobs">On how many threads.</param>
/// <param name="Resumed">How often it was taken up again.</param>
/// <param name="State">How far it is.</param>
/// <param name="Command">What runs it again.</param>
public sealed record NightHead(
    string Commit,
    string Started,
    double Seconds,
    double? Budget,
    long? Programs,
    ulong Seed,
    int Jobs,
    int Resumed,
    NightState State,
    string Command);

/// <summary>How far a night, or a part of it, is.</summary>
[JsonConverter(typeof(DashedJson<NightState>))]
public enum NightState
{
    /// <summary>Not asked for, or not to be had here.</summary>
    Skipped,

    /// <summary>Not begun.</summary>
    Waiting,

    /// <summary>Begun, or stopped on the way.</summary>
    UnderWay,

    /// <summary>Its time ended before its work.</summary>
    InPart,

    /// <summary>Over, with nothing left out.</summary>
    Complete,
}

/// <summary>A part.</summary>
/// <param name="Name">Its name.</param>
/// <param name="State">How far it is.</param>
/// <param name="Seconds">How long it worked.</param>
/// <param name="Words">What it brought, or why it did not run.</param>
public sealed record NightPart(string Name, NightState State, double Seconds, string Words);

/// <summary>Why a night is red.</summary>
[JsonConverter(typeof(DashedJson<ProblemKind>))]
public enum ProblemKind
{
    /// <summary>A finding that nothing explains.</summary>
    Finding,

    /// <summary>A program of the corpus does not do what it must.</summary>
    Regression,

    /// <summary>The canary was not found.</summary>
    Canary,

    /// <summary>A known bug was not found, or a quiet row was not quiet.</summary>
    Bug,

    /// <summary>A generated fault survived without an argument, or refuted one.</summary>
    Fault,

    /// <summary>A goal was missed.</summary>
    Goal,

    /// <summary>The kernel and the model differ.</summary>
    Divergence,

    /// <summary>Something took far longer than it may.</summary>
    Timeout,

    /// <summary>Something failed inside mmfuzz.</summary>
    Failure,
}

/// <summary>A reason why a night is red.</summary>
/// <param name="Kind">Which kind.</param>
/// <param name="Part">In which part.</param>
/// <param name="Name">What it is about.</param>
/// <param name="Words">What was found and what was expected.</param>
/// <param name="File">The program; null if there is none.</param>
public sealed record NightProblem(ProblemKind Kind, string Part, string Name, string Words, string? File);

/// <summary>Whether a finding was known before.</summary>
[JsonConverter(typeof(DashedJson<FindingAge>))]
public enum FindingAge
{
    /// <summary>Seen for the first time.</summary>
    New,

    /// <summary>Seen in an earlier night, and now.</summary>
    Old,

    /// <summary>Seen in an earlier night; its program shows nothing now.</summary>
    Gone,
}

/// <summary>A finding.</summary>
/// <param name="Key">Property, clause and cause in one: what makes two findings the same.</param>
/// <param name="Property">What is violated.</param>
/// <param name="Clause">Which clause of it.</param>
/// <param name="AttributedTo">What explains it; null if nothing does.</param>
/// <param name="Age">Whether it was known.</param>
/// <param name="Operations">Length of its program.</param>
/// <param name="Programs">Programs of the night that showed it.</param>
/// <param name="FoundOn">The variants that showed it.</param>
/// <param name="File">Its program's file.</param>
/// <param name="Program">Its program.</param>
/// <param name="OtherFiles">Other programs that show the same.</param>
/// <param name="FirstSeen">When it was seen first.</param>
/// <param name="FirstCommit">At which commit.</param>
/// <param name="FoundBy">The command that finds it.</param>
public sealed record NightFinding(
    string Key,
    string Property,
    string Clause,
    ImmutableArray<string>? AttributedTo,
    FindingAge Age,
    int Operations,
    long Programs,
    ImmutableArray<string> FoundOn,
    string File,
    string Program,
    ImmutableArray<string> OtherFiles,
    string FirstSeen,
    string FirstCommit,
    string FoundBy);

/// <summary>The canary: a bug put in that must be found, so that quiet means quiet.</summary>
/// <param name="Bug">The known bug.</param>
/// <param name="Found">Whether it was found, stored, and would have turned the night red.</param>
/// <param name="Words">What happened.</param>
/// <param name="Program">Number of the program that showed it.</param>
/// <param name="LastFound">When it was found last, this night included; null for never.</param>
/// <param name="LastCommit">At which commit.</param>
/// <param name="Age">Seconds since then; null for never.</param>
public sealed record NightCanary(
    string Bug, bool Found, string Words, ulong? Program, string? LastFound, string? LastCommit, double? Age);

/// <summary>Programs replayed.</summary>
/// <param name="Corpus">How many of the corpus.</param>
/// <param name="CorpusKept">How many of those did what they must.</param>
/// <param name="Findings">How many findings of earlier nights.</param>
/// <param name="FindingsLeft">How many of those show it still.</param>
public sealed record NightReplays(int Corpus, int CorpusKept, int Findings, int FindingsLeft);

/// <summary>A row of the kill matrix.</summary>
/// <param name="Id">The known bug.</param>
/// <param name="IsQuiet">Whether nothing may be found.</param>
/// <param name="Found">Whether something was.</param>
/// <param name="Property">Which property showed it.</param>
/// <param name="Programs">Programs until then.</param>
/// <param name="Operations">Operations until then.</param>
/// <param name="Seconds">Time until then.</param>
/// <param name="Shrunk">Length of the shrunk program.</param>
/// <param name="Listed">How long it may be.</param>
public sealed record NightBug(
    string Id,
    bool IsQuiet,
    bool Found,
    string? Property,
    long Programs,
    long Operations,
    double Seconds,
    int Shrunk,
    int Listed)
{
    /// <summary>Whether it is as it must be.</summary>
    public bool IsAsExpected => Found != IsQuiet;
}

/// <summary>A generated fault that was tried.</summary>
/// <param name="Fault">The fault.</param>
/// <param name="Row">The entries: transition and kind of memory.</param>
/// <param name="Way">Whether a bit is dropped or invented.</param>
/// <param name="Bit">The bit.</param>
/// <param name="Verdict">What became of it.</param>
/// <param name="Property">What showed it; null for nothing.</param>
/// <param name="Programs">Programs until then.</param>
/// <param name="Seconds">Time until then.</param>
/// <param name="IsAsExpected">Whether it was killed, or is argued for.</param>
public sealed record NightFault(
    string Fault,
    string Row,
    string Way,
    string Bit,
    string Verdict,
    string? Property,
    long Programs,
    double Seconds,
    bool IsAsExpected);

/// <summary>A kernel that was fuzzed, with programs of one length.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Programs">Programs.</param>
/// <param name="Operations">Operations.</param>
/// <param name="Seconds">Time.</param>
/// <param name="Findings">Distinct findings.</param>
/// <param name="Unexplained">Those that nothing explains.</param>
/// <param name="GoalsReached">Goals reached.</param>
/// <param name="GoalsMissed">Goals that the kernel can reach and the variant did not.</param>
/// <param name="NotJudged">Why missed goals are no fault; null if they are.</param>
/// <param name="Vacuous">Properties that had nothing to judge.</param>
public sealed record NightVariant(
    string Name,
    long Programs,
    long Operations,
    double Seconds,
    int Findings,
    int Unexplained,
    int GoalsReached,
    ImmutableArray<string> GoalsMissed,
    string? NotJudged,
    ImmutableArray<string> Vacuous)
{
    /// <summary>Operations a second.</summary>
    public double Speed => Seconds > 0 ? Operations / Seconds : 0;
}

/// <summary>A goal.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Times">How often it was reached, in all variants.</param>
/// <param name="ReachedOn">In how many variants.</param>
/// <param name="MissedOn">Variants that should have reached it and did not.</param>
public sealed record NightGoal(string Name, long Times, int ReachedOn, ImmutableArray<string> MissedOn);

/// <summary>How far coverage was at a moment; all counts from the beginning of the night.</summary>
/// <param name="Seconds">Time of work.</param>
/// <param name="Operations">Operations fuzzed.</param>
/// <param name="Goals">Goals reached.</param>
/// <param name="Outcomes">Pairs of operation and outcome met.</param>
/// <param name="Shapes">State shapes met by guided fuzzing.</param>
/// <param name="Findings">Distinct findings.</param>
public sealed record NightSample(
    double Seconds, long Operations, int Goals, int Outcomes, long Shapes, int Findings);

/// <summary>The real kernel.</summary>
/// <param name="Release">Its release.</param>
/// <param name="Profile">The model that it was compared with.</param>
/// <param name="Programs">Programs compared.</param>
/// <param name="Operations">Operations compared.</param>
/// <param name="Seconds">Time.</param>
/// <param name="Noise">Differences that did not come back.</param>
/// <param name="Divergences">What differed.</param>
public sealed record NightKernel(
    string Release,
    string Profile,
    long Programs,
    long Operations,
    double Seconds,
    long Noise,
    ImmutableArray<NightDivergence> Divergences);

/// <summary>A program on which the kernel and the model differ.</summary>
/// <param name="Kind">What differs.</param>
/// <param name="Words">How.</param>
/// <param name="File">Its program's file.</param>
/// <param name="Program">Its program.</param>
public sealed record NightDivergence(string Kind, string Words, string File, string Program);

/// <summary>A night in a line.</summary>
/// <param name="Commit">Its commit.</param>
/// <param name="CommitTime">When that was made.</param>
/// <param name="Started">When the night began.</param>
/// <param name="Seed">Where its choices began.</param>
/// <param name="Seconds">How long it worked.</param>
/// <param name="Complete">Whether it came to its end.</param>
/// <param name="Problems">How many reasons there were to be red.</param>
/// <param name="Operations">Operations fuzzed.</param>
/// <param name="OperationsPerSecond">How fast.</param>
/// <param name="BugsFound">Known bugs found.</param>
/// <param name="Bugs">Known bugs tried.</param>
/// <param name="FaultsKilled">Faults killed, or argued for.</param>
/// <param name="Faults">Faults tried.</param>
/// <param name="GoalsReached">Goals reached.</param>
/// <param name="Findings">Findings.</param>
/// <param name="NewFindings">Those not seen before.</param>
/// <param name="Unexplained">Those that nothing explains.</param>
public sealed record NightLine(
    string Commit,
    string CommitTime,
    string Started,
    ulong Seed,
    double Seconds,
    bool Complete,
    int Problems,
    long Operations,
    double OperationsPerSecond,
    int BugsFound,
    int Bugs,
    int FaultsKilled,
    int Faults,
    int GoalsReached,
    int Findings,
    int NewFindings,
    int Unexplained);

/// <summary>Members of enums in JSON: in lower case with dashes.</summary>
/// <typeparam name="T">The enum.</typeparam>
public sealed class DashedJson<T> : JsonStringEnumConverter<T>
    where T : struct, Enum
{
    /// <summary>Makes a converter.</summary>
    public DashedJson()
        : base(JsonNamingPolicy.KebabCaseLower)
    {
    }
}
