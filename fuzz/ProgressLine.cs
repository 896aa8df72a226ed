// One line on standard error that is written over and over while something takes long; on a terminal only.
// Not covered: what is said.

using System;

namespace MmFuzz.Cli;

/// <summary>A line of progress.</summary>
internal sealed class ProgressLine
{
    private readonly Session session;
    private readonly object gate = new();
    private int shown;

    /// <summary>Makes a line.</summary>
    public ProgressLine(Session session) => this.session = session;

    private bool IsOn => session.Progress.Profile.Out.IsTerminal;

    /// <summary>Shows the text instead of what is shown.</summary>
    public void Show(string text)
    {
        if (!IsOn)
        {
            return;
        }

        lock (gate)
        {
            int width = Math.Max(10, session.Progress.Profile.Width - 1);
            string cut = text.Length > width ? text[..width] : text;
            session.Error.Write("\r" + cut.PadRight(shown));
            session.Error.Flush();
            shown = cut.Length;
        }
    }

    /// <summary>Removes it, and writes a remark in its place.</summary>
    public void Remark(string markup)
    {
        lock (gate)
        {
            Erase();
            session.Remark(markup);
        }
    }

    /// <summary>Removes it.</summary>
    public void End()
    {
        lock (gate)
        {
            Erase();
        }
    }

    private void Erase()
    {
        if (shown > 0)
        {
            session.Error.Write("\r" + new string(' ', shown) + "\r");
            session.Error.Flush();
            shown = 0;
        }
    }
}
