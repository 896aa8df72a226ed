// The reference pages: one for each catalogue, written from it and from nothing else, so that a new operation, fix,
// property, release, goal or known bug is in the documents as soon as it is in the code and the pages are renewed.
// Not covered: where they are stored (fuzz/DocsCommand), the words (OperationWords, ClauseWords, doc comments).

using System;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.Kernel;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.Properties;
using MmFuzz.Engine.State;

namespace MmFuzz.Reports.Pages;

/// <summary>A page of the reference.</summary>
/// <param name="File">Its file, in the folder of the reference.</param>
/// <param name="Text">Its text.</param>
public sealed record ReferencePage(string File, string Text);

/// <summary>Writes them.</summary>
public static class ReferencePages
{
    /// <summary>All pages, in the order of their files.</summary>
    public static ImmutableArray<ReferencePage> Make(DocComments comments) =>
    [
        new("bugs.md", Bugs()), new("fixes.md", Fixes()), new("goals.md", Goals(comments)),
        new("operations.md", Operations(comments)), new("profiles.md", Profiles()),
        new("properties.md", Properties()),
    ];

    private static string Operations(DocComments comments)
    {
        var page = new MarkdownPage("Operations", "What a line of a program can be. P is a process (`p0` to `p3`), T a "
            + "thread or somebody outside (`t0` to `t9`), G a handle, U a userfaultfd, I an inode; PAGE and LENGTH "
            + "count pages. `mmfuzz list operations --json` says the same to programs; "
            + "[mm-format.md](../mm-format.md) explains the rest of the file.");
        Group(page, "In stages, by a thread of the process", "Ends in `by tN` for another than the main thread. "
            + "`start T LINE` executes only the first stage, `step T COUNT` the next ones.", Enabled.RunsInProcess);
        Group(page, "In stages, from outside", "By reclaim, a migration, a manager: `t8` or `t9`.", kind =>
            Enabled.NeedsActor(kind) && !Enabled.RunsInProcess(kind));
        Group(page, "At once", "Without stages, so nobody can come in between.", kind => !Enabled.NeedsActor(kind));
        page.Heading("Why a line is skipped");
        page.Paragraph("A skipped line changes no byte, so every subsequence of a program is a program.");
        foreach (SkipReason reason in Enum.GetValues<SkipReason>().Where(reason => reason != SkipReason.None))
        {
            page.Item($"`{Names.Dashed(reason)}`: {MarkdownPage.Escape(comments.Of(reason))}");
        }

        page.EndList();
        page.Heading("Kernel paths and their stages");
        page.Paragraph("What `step` moves on through. A stage ends wherever anyone could see the path half done.");
        foreach (KernelPath path in Enum.GetValues<KernelPath>().Where(path => path != KernelPath.None))
        {
            string stages = string.Join(" → ", StageNames.AllOf(path).Select(stage => $"`{stage}`"));
            string name = MarkdownPage.Escape(StageNames.Of(path));
            string names = stages.Length == 0 ? "one stage" : stages;
            page.Item($"**{name}** ({MarkdownPage.Escape(comments.Of(path).TrimEnd('.'))}): {names}");
        }

        return page.ToString();
    }

    private static void Group(MarkdownPage page, string heading, string words, Func<OperationKind, bool> isIn)
    {
        page.Heading(heading);
        page.Paragraph(words);
        foreach (OperationKind kind in Enum.GetValues<OperationKind>().Where(isIn))
        {
            string setUp = new Operation { Kind = kind }.IsSetUp ? " Not counted in a program's length." : string.Empty;
            string meaning = MarkdownPage.Escape(OperationWords.Meaning(kind));
            page.Item($"`{OperationWords.Form(kind)}`", $"{meaning}.{setUp}");
        }

        page.EndList();
    }

    private static string Properties()
    {
        var page = new MarkdownPage("Properties", "What must hold after every stage, the clauses of each (which part "
            + "is violated), and what it means for people. A finding is a property, a clause and a kind of memory.");
        foreach (PropertyInfo property in PropertyCatalogue.All)
        {
            page.Heading(property.Name);
            page.Paragraph($"{Sentence(property.Rule)} From seed {property.Seed}.");
            foreach (Clause clause in Enum.GetValues<Clause>())
            {
                if (PropertyCatalogue.PropertyOf(clause) == property.Id)
                {
                    page.Item($"`{Names.Dashed(clause)}`: {MarkdownPage.Escape(ClauseWords.Meaning(clause))}");
                }
            }

            page.EndList();
        }

        return page.ToString();
    }

    private static string Fixes()
    {
        var page = new MarkdownPage("Fixes", "Every historical fix, and every change of behaviour, is a switch: "
            + "`--without NAME` and `--with NAME`, or `without NAME` and `with NAME` in a program. In the order of "
            + "the releases that brought them; each says what goes wrong, or differs, with it off.");
        foreach (IGrouping<KernelVersion, FixInfo> release in FixCatalogue.All.GroupBy(fix => fix.Since)
            .OrderBy(group => group.Key))
        {
            page.Heading(release.Key <= KernelVersion.Newest
                ? release.Key.ToString()
                : "In no release: repairs of what is still wrong");
            foreach (FixInfo fix in release)
            {
                string until = fix.Until is { } end ? $", gone in {end}" : string.Empty;
                string[] rows = [.. BugCatalogue.All.Where(row => row.Off.Has(fix.Fix)).Select(row => $"`{row.Id}`")];
                string bugs = rows.Length == 0 ? "none" : string.Join(", ", rows);
                page.Item(
                    $"**`{fix.Name}`** ({Origin(fix.Seed)}{until}): *{MarkdownPage.Escape(fix.Title)}*",
                    $"Without it: {MarkdownPage.Escape(fix.Mechanism)}.",
                    $"Known bug: {bugs}.");
            }

            page.EndList();
        }

        return page.ToString();
    }

    private static string Profiles()
    {
        var page = new MarkdownPage("Profiles", "A kernel is a release as a set of fixes; any release from "
            + $"{Profile.Known[0]} to {KernelVersion.Newest} can be named, these are the usual ones.");
        Profile[] profiles = [.. Profile.Known.Select(Profile.Of)];
        page.Table(["profile", "copy on write is decided", "fixes"], profiles.Select(profile => (string[])
        [
            $"`{profile.Version}`",
            KernelWords.Policy(profile.Policy),
            profile.Fixes.Count.ToString(CultureInfo.InvariantCulture),
        ]));
        page.Heading("Which kernel has which fix");
        page.Paragraph("`■` has it, `·` has it not. What each does: [fixes.md](fixes.md).");
        page.Table(
            ["fix", .. profiles.Select(profile => profile.Version.ToString())],
            FixCatalogue.All.OrderBy(fix => fix.Since).Select(fix => (string[])
            [
                fix.Name, .. profiles.Select(profile => profile.Has(fix.Fix) ? "■" : "·"),
            ]));
        return page.ToString();
    }

    private static string Goals(DocComments comments)
    {
        var page = new MarkdownPage("Goals", "Situations that a good run must have met: paths count them, and a run "
            + "that never met one is not taken for a quiet one.");
        foreach (Goal goal in Enum.GetValues<Goal>())
        {
            page.Item($"`{Names.Dashed(goal)}`: {MarkdownPage.Escape(comments.Of(goal))}");
        }

        return page.ToString();
    }

    private static string Bugs()
    {
        var page = new MarkdownPage("Known bugs", "What must be found again when its fixes are taken out: "
            + "`mmfuzz bugs` tries all of them, `mmfuzz bugs --only NAME` one. Lengths count operations without "
            + "set-up; a staged path counts once.");
        foreach (BugRow row in BugCatalogue.All.OrderBy(row => row.IsQuiet))
        {
            string expected = row.IsQuiet
                ? "must stay quiet: it is no bug of its own"
                : "found as " + string.Join(" or ", row.Expected.Select(id => $"`{PropertyCatalogue.Of(id).Name}`"))
                    + string.Create(CultureInfo.InvariantCulture, $", in at most {row.ListedLength} operations");
            string swap = row.Base.Swap == SwapDevice.Asynchronous ? ", swap on a disk" : string.Empty;
            page.Item(
                $"**`{row.Id}`** ({Origin(row.SeedDocument)}), {row.Base.Version}{swap}: {expected}",
                [.. row.Off.Members.Select(fix =>
                    $"without `{KernelWords.Name(fix)}`: {MarkdownPage.Escape(FixCatalogue.Of(fix).Mechanism)}")]);
        }

        return page.ToString();
    }

    private static string Origin(string seed) => char.IsAsciiDigit(seed[0]) ? "seed " + seed : seed;

    private static string Sentence(string rule)
    {
        string words = MarkdownPage.Escape(rule);
        return string.Concat(words[..1].ToUpperInvariant(), words[1..], words.EndsWith('.') ? string.Empty : ".");
    }
}
