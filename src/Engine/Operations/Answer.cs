// What a line answered, as a program may expect it of its lines: `wp u0 0 4 = ENOENT`, `store p0 1 = blocked`.
// Not covered: what was read (load, devread, pagemap), which properties judge.

using System;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Operations;

/// <summary>What became of a line.</summary>
public enum AnswerKind : byte
{
    /// <summary>It ended with success, an errno or a signal.</summary>
    Ended,

    /// <summary>It waits.</summary>
    Blocked,

    /// <summary>It was only started.</summary>
    Started,

    /// <summary>It did not run.</summary>
    Skipped,
}

/// <summary>What a line answers.</summary>
/// <param name="Kind">What became of it.</param>
/// <param name="Errno">Its result, if it ended.</param>
public readonly record struct Answer(AnswerKind Kind, Errno Errno)
{
    /// <summary>What is expected where an answer does not fit.</summary>
    public const string Expected = "`ok`, `blocked`, `started`, `skipped`, an errno or a signal";

    /// <summary>The answer of a line.</summary>
    public static Answer Of(SkipReason skip, bool ended, Errno errno, bool blocked) =>
        skip != SkipReason.None ? new(AnswerKind.Skipped, Errno.None)
        : ended ? new(AnswerKind.Ended, errno)
        : new(blocked ? AnswerKind.Blocked : AnswerKind.Started, Errno.None);

    /// <summary>Reads an answer.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Answer answer)
    {
        for (AnswerKind kind = AnswerKind.Ended; kind <= AnswerKind.Skipped; kind++)
        {
            for (Errno errno = Errno.None; errno <= Errno.SIGKILL; errno++)
            {
                answer = new Answer(kind, errno);
                if ((kind == AnswerKind.Ended || errno == Errno.None) && text.SequenceEqual(answer.ToString()))
                {
                    return true;
                }
            }
        }

        answer = default;
        return false;
    }

    /// <inheritdoc/>
    public override string ToString() => Kind switch
    {
        AnswerKind.Ended => Errno == Errno.None ? "ok" : Errno.ToString(),
        AnswerKind.Blocked => "blocked",
        AnswerKind.Started => "started",
        AnswerKind.Skipped => "skipped",
    };
}
