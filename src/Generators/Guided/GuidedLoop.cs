// The guided loop: programs of the generator, and changed programs of a corpus of those that covered something new.
// Whose coverage is rare is changed more often. What one loop does depends on its seed and on what it was fed before,
// on nothing else.
// Not covered: the target (GuidedTarget), files (fuzz/Guided), what is done about a violation.

using System;
using System.Collections.Generic;
using System.Collections.Immutable;

namespace MmFuzz.Generators.Guided;

/// <summary>One program that was run.</summary>
/// <param name="Outcome">What became of it.</param>
/// <param name="IsNew">Whether it was taken into the corpus.</param>
/// <param name="IsChanged">Whether it was made of one of the corpus.</param>
public readonly record struct GuidedStep(GuidedOutcome Outcome, bool IsNew, bool IsChanged);

/// <summary>Runs programs and learns from them.</summary>
public sealed class GuidedLoop
{
    /// <summary>Of so many programs, one is of the generator.</summary>
    private const int FreshOneIn = 2;

    /// <summary>
    /// So many programs are the generator's before any is changed: of less than that, little is known about what is
    /// rare, and changes cost more than they gave.
    /// </summary>
    private const ulong Learning = 512;

    /// <summary>So many members are looked at to choose one.</summary>
    private const int Candidates = 4;

    private readonly IGuidedTarget target;
    private readonly NotedChoices fresh = new();
    private readonly PrngChoices choices = new();
    private readonly RecordMutator mutator;
    private readonly Coverage edges;
    private readonly Coverage shapes;
    private readonly List<Member> corpus = [];
    private readonly List<int> metEdges = [];
    private readonly List<int> metShapes = [];
    private readonly ulong seed;
    private byte[] last = [];
    private int lastLength;

    /// <summary>Makes a loop.</summary>
    /// <param name="target">What runs the programs.</param>
    /// <param name="seed">Where its choices begin.</param>
    public GuidedLoop(IGuidedTarget target, ulong seed)
    {
        this.target = target;
        this.seed = seed;
        choices.Restart(seed, ulong.MaxValue);
        mutator = new RecordMutator(choices);
        edges = new Coverage(target.Edges.Length);
        shapes = new Coverage(target.Shapes.Length);
    }

    /// <summary>Programs run.</summary>
    public ulong Programs { get; private set; }

    /// <summary>Operations executed.</summary>
    public long Operations { get; private set; }

    /// <summary>Programs of the corpus.</summary>
    public int CorpusSize => corpus.Count;

    /// <summary>Edges passed at least once.</summary>
    public int Edges => edges.Count;

    /// <summary>Shapes met.</summary>
    public int Shapes => shapes.Count;

    /// <summary>Shapes of a kind met.</summary>
    public int ShapesOf(ShapeKind kind) => target.Shapes.IsEmpty ? 0 : shapes.CountIn(kind.First, kind.Size);

    /// <summary>The program that was run last.</summary>
    public ReadOnlySpan<byte> Last => last.AsSpan(0, lastLength);

    /// <summary>The programs of the corpus.</summary>
    public IEnumerable<ImmutableArray<byte>> Corpus
    {
        get
        {
            foreach (Member member in corpus)
            {
                yield return ImmutableArray.Create(member.Bytes);
            }
        }
    }

    /// <summary>Runs a program that is given, and keeps it if it covers something new.</summary>
    public GuidedStep Feed(ReadOnlySpan<byte> program) => Run(program, isChanged: false);

    /// <summary>Runs the next program.</summary>
    public GuidedStep Step()
    {
        if (Programs < Learning || corpus.Count == 0 || mutator.Below(FreshOneIn) == 0)
        {
            return Run(fresh.Note(seed, Programs, RecordMutator.MostRecords), isChanged: false);
        }

        Member chosen = Choose();
        chosen.Chosen++;
        Member other = corpus[mutator.Below(corpus.Count)];
        return Run(mutator.Change(chosen.Bytes, other.Bytes), isChanged: true);
    }

    private GuidedStep Run(ReadOnlySpan<byte> program, bool isChanged)
    {
        if (last.Length < program.Length)
        {
            last = new byte[Math.Max(program.Length, ByteChoices.MostBytes)];
        }

        program.CopyTo(last);
        lastLength = program.Length;
        Programs++;
        GuidedOutcome outcome = target.Run(program);
        lastLength = Math.Min(lastLength, outcome.Used);
        Operations += outcome.Operations;
        metEdges.Clear();
        metShapes.Clear();
        bool isNew = edges.Take(target.Edges, metEdges) | shapes.Take(target.Shapes, metShapes);
        bool kept = isNew && !outcome.Violated;
        if (kept)
        {
            corpus.Add(new Member(Last.ToArray(), Rarest(edges, metEdges), Rarest(shapes, metShapes)));
        }

        return new GuidedStep(outcome, kept, isChanged);
    }

    /// <summary>Of a few members, the one whose coverage is rarest, and that was chosen least of those.</summary>
    private Member Choose()
    {
        Member best = corpus[mutator.Below(corpus.Count)];
        double least = Commonness(best);
        for (int i = 1; i < Candidates; i++)
        {
            Member next = corpus[mutator.Below(corpus.Count)];
            double common = Commonness(next);
            if (common < least)
            {
                (best, least) = (next, common);
            }
        }

        return best;
    }

    /// <summary>How many programs met the rarest of what it covers, weighed with how often it was chosen.</summary>
    private double Commonness(Member member)
    {
        double edge = member.RareEdge < 0 ? double.MaxValue : edges.ProgramsAt(member.RareEdge);
        double shape = member.RareShape < 0 ? double.MaxValue : shapes.ProgramsAt(member.RareShape);
        return Math.Min(edge, shape) * (1 + (member.Chosen / 8.0));
    }

    private static int Rarest(Coverage coverage, List<int> met)
    {
        int rarest = -1;
        foreach (int place in met)
        {
            rarest = rarest < 0 || coverage.ProgramsAt(place) < coverage.ProgramsAt(rarest) ? place : rarest;
        }

        return rarest;
    }

    private sealed class Member(byte[] bytes, int rareEdge, int rareShape)
    {
        public byte[] Bytes { get; } = bytes;

        public int RareEdge { get; } = rareEdge;

        public int RareShape { get; } = rareShape;

        public int Chosen { get; set; }
    }
}
