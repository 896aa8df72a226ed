// What this file covers: the Markdown report of one small finding, word for word. Who changes the words changes this
// text with them, and sees what a reader will see.
// What it does not cover: reports of long programs and of other properties, terminal output (Cli/).

using System.Globalization;
using System.IO;
using MmFuzz.Engine.Operations;
using MmFuzz.Generators;
using MmFuzz.Reports;
using Xunit;

namespace MmFuzz.Tests.Reports;

public class MarkdownReportTests
{
    private const string Program =
        """
        mmfuzz 1
        profile v6.18
        without early-cow-fork
        expect pin-exclusive pinned-but-shared
        mmap p0 0 1 anon rw
        store p0 0
        pin p0 0 1 r -> g0
        fork p0 -> p1

        """;

    // a backslash joins a line with the next
    private const string Expected =
        """
        # pin-exclusive (pinned-but-shared)

        A page that is pinned is not exclusive any more: the owner's next store will copy it and leave the \
        device behind.

        * Where: pfn1
        * Found: g0 pins the page, but it is not exclusive
        * Rule: a pinned anonymous page stays exclusive until it is unpinned
        * Kernel: v6.18, without early-cow-fork
        * Cause: expected on this profile: lacks early-cow-fork

        ## What happens

        | step | line | in words | result |
        |---:|---|---|---|
        | 1 | `mmap p0 0 1 anon rw` | p0 maps page 0: private memory, readable and writable | ok |
        | 2 | `store p0 0` | p0 writes page 0 | ok |
        | 3 | `pin p0 0 1 r -> g0` | a device pins page 0 of p0 for reading, as g0 | ok |
        | 4 | `fork p0 -> p1` | p0 forks the child p1 | cut short by the violation **<- here** |

        ## What each step changes

        ### 1. `mmap p0 0 1 anon rw`

        Nothing that can be seen.

        ### 2. `store p0 0`

        | | | before | after |
        |---|---|---|---|
        | page table | p0:0 | - | pfn1 write dirty soft-dirty |
        | must hold | p0:0 | - | #1, written since clear-refs |
        | page frame | pfn1 | - | anonymous, exclusive, refcount 1, mapcount 1, holds #1 |
        | TLB | cpu0, p0:0 | - | pfn1 write |

        ### 3. `pin p0 0 1 r -> g0`

        | | | before | after |
        |---|---|---|---|
        | page frame | pfn1 | anonymous, exclusive, refcount 1, mapcount 1, holds #1 | anonymous, exclusive, \
        refcount 1 + 1 pin, mapcount 1, holds #1 |
        | handle | g0 | - | pin r of p0:0: pfn1 |

        ### 4. `fork p0 -> p1` <- violated here

        | | | before | after |
        |---|---|---|---|
        | must hold | p1:0 | - | #1, written since clear-refs |
        | page frame | pfn1 | anonymous, exclusive, refcount 1 + 1 pin, mapcount 1, holds #1 | anonymous, maybe \
        shared, refcount 2 + 1 pin, mapcount 1, holds #1 |
        | process | p0 | lives | lives, write_protect_seq raised, mmap_lock held by t0 |
        | process | p1 | - | being forked, mmap_lock held by t0 |
        | thread | t0 | - | in fork, next write-protect |

        ## The moment of the violation

        Who names which page (`<--` is counted, `<..` is a cached translation):

        ```text
        pfn1: anonymous, maybe shared, refcount 2 + 1 pin, mapcount 1, holds #1
          <-- page 0 of p0  writable dirty soft-dirty; must hold #1
          <-- g0[0]         pinned by a device, r
          <.. TLB of cpu0   page 0 of p0, writable
        ```

        ```mermaid
        flowchart LR
          n0[("pfn1<br/>anonymous<br/>maybe shared<br/>refcount 2 + 1 pin<br/>mapcount 1<br/>holds #1")]
          n1["page 0 of p0"] -->|"writable dirty soft-dirty; must hold #1"| n0
          n2["g0[0]"] -->|"pinned by a device, r"| n0
          n3["TLB of cpu0"] -.->|"page 0 of p0, writable"| n0
        ```

        All there is (what the last step left alone has no `before`):

        | | | before | after |
        |---|---|---|---|
        | page table | p0:0 |  | pfn1 write dirty soft-dirty |
        | must hold | p0:0 |  | #1, written since clear-refs |
        | must hold | p1:0 | - | #1, written since clear-refs |
        | page frame | pfn1 | anonymous, exclusive, refcount 1 + 1 pin, mapcount 1, holds #1 | anonymous, maybe \
        shared, refcount 2 + 1 pin, mapcount 1, holds #1 |
        | TLB | cpu0, p0:0 |  | pfn1 write |
        | handle | g0 |  | pin r of p0:0: pfn1 |
        | process | p0 | lives | lives, write_protect_seq raised, mmap_lock held by t0 |
        | process | p1 | - | being forked, mmap_lock held by t0 |
        | thread | t0 | - | in fork, next write-protect |

        ## The kernel

        v6.18, without early-cow-fork; copy on write is decided by PageAnonExclusive (since 5.19).

        * `early-cow-fork` ("mm: do early cow for pinned pages during fork() for ptes", v5.9). Without it: fork \
        shares a page that may be pinned; the parent's next store leaves the pin behind.

        ## See it again

        ```sh
        mmfuzz replay --trace bug.mm
        ```

        Found by `mmfuzz fuzz --without early-cow-fork --programs 1`.

        The whole program, header and all; it can be pasted into `mmfuzz replay -`:

        ```text
        mmfuzz 1
        profile v6.18
        without early-cow-fork
        expect pin-exclusive pinned-but-shared
        mmap p0 0 1 anon rw
        store p0 0
        pin p0 0 1 r -> g0
        fork p0 -> p1
        ```

        """;

    [Fact]
    public void A_small_finding_reads_like_this() => Assert.Equal(Joined(Expected), Report(Program));

    [Fact]
    public void A_program_that_shows_nothing_says_so()
    {
        string report = Report("mmfuzz 1\nprofile v6.18\nmmap p0 0 1 anon rw\nstore p0 0\n");
        Assert.StartsWith("# Nothing was violated\n\nKernel: v6.18\n", report, System.StringComparison.Ordinal);
    }

    private static string Joined(string text) =>
        text.ReplaceLineEndings("\n").Replace("\\\n", string.Empty, System.StringComparison.Ordinal);

    private static string Report(string text)
    {
        MmProgram program = MmProgramParser.Parse(text, out _)!;
        ProgramExplanation explanation = ProgramExplanation.Of(program, withStages: false);
        Cause? cause = explanation.Violation is { } violation
            ? new Cause(Attribution.Of(program.Profile, program.Operations, violation))
            : null;
        using var target = new StringWriter(CultureInfo.InvariantCulture);
        var origin = new FindingOrigin("bug.mm", "mmfuzz fuzz --without early-cow-fork --programs 1", cause);
        MarkdownReport.Write(target, explanation, origin);
        return target.ToString();
    }
}
