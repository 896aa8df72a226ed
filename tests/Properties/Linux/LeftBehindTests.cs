// What this file covers: that a differential run leaves no process and no mount behind: after its end and after
// kill -9, as whoever runs the tests, and, if that is root, as nobody too.
// What it does not cover: swap and settings (they need MMFUZZ_ALLOW_SYSTEM_CHANGES, see LiveKernelTests.cs).

using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Runtime.Versioning;
using System.Threading;
using MmFuzz.Tests.Cli;
using Xunit;

namespace MmFuzz.Tests.Linux;

[Collection(nameof(LiveKernelTests))] // one after the other: a kernel is used in turns
[UnsupportedOSPlatform("windows")]
public sealed class LeftBehindTests
{
    /// <summary>What the environment of every process of the run holds.</summary>
    private const string MarkName = "MMFUZZ_TEST_MARK";

    private const string PinThatWaits = """
        mmfuzz 1
        profile v6.18
        mmap p0 0 4 anon rw
        fork p0 -> p1
        uffd p0 -> u0
        register u0 0 4 missing
        pin p0 0 1 rw fast longterm -> g0
        store p1 0
        store p1 1
        load p1 0
        load p1 1
        fork p1 -> p2
        store p2 0
        store p2 1
        exit p2
        mremap p1 0 4 -> 8
        mremap p1 8 4 -> 0
        """;

    private const UnixFileMode Everything = (UnixFileMode)0x1ff;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    [LiveFact]
    public void A_run_that_ends_leaves_no_process_behind() => EndsCleanly(asNobody: false);

    [NobodyFact]
    public void As_nobody_a_run_that_ends_leaves_no_process_behind() => EndsCleanly(asNobody: true);

    [LiveFact]
    public void A_run_that_is_killed_leaves_no_process_behind() => IsKilledCleanly(asNobody: false);

    [NobodyFact]
    public void As_nobody_a_run_that_is_killed_leaves_no_process_behind() => IsKilledCleanly(asNobody: true);

    private static void EndsCleanly(bool asNobody)
    {
        using var place = new Place();
        using Process run = Start(place, asNobody, "--programs", "300");
        Assert.True(run.WaitForExit(Patience), "the run does not end");
        Assert.Equal(0, run.ExitCode);
        Assert.Empty(Left(place));
    }

    private static void IsKilledCleanly(bool asNobody)
    {
        using var place = new Place();
        for (int i = 0; i < 3; i++)
        {
            using Process run = Start(place, asNobody, "--budget", "60s");
            Assert.True(SpinWait.SpinUntil(() => Marked(place).Count >= 3, Patience), "no executor starts");
            Assert.False(run.WaitForExit(40 * i), "the run ended by itself");
            run.Kill();
            Assert.True(run.WaitForExit(Patience), "it cannot be killed");
            Assert.Empty(Left(place));
            Assert.DoesNotContain("mmfuzz", File.ReadAllText("/proc/self/mounts"), StringComparison.Ordinal);
        }
    }

    // A thread that pins pages for a ring has the ring locked while it waits for a userfault, and the server, who has
    // used the ring, cannot end before it has the lock: only a signal to the thread itself helps (6.18).
    [LiveTheory(pageFrames: true)]
    [InlineData(0)]
    [InlineData(1)]
    public void Executors_that_are_killed_while_a_pin_waits_for_its_manager_leave_nothing_behind(int which)
    {
        using var place = new Place();
        string file = place.With("waits.mm", PinThatWaits);
        string[] words = ["linux", "run", .. Enumerable.Repeat(file, 5000)];
        bool killed = false;
        for (int starts = 0; starts < 10 && !killed; starts++)
        {
            using Process run = Start(place, asNobody: false, words);
            SpinWait.SpinUntil(() => run.HasExited || (killed = KillsAtPin(place, which)), Patience);
            run.Kill();
            Assert.True(run.WaitForExit(Patience), "it cannot be killed");
            Assert.Empty(Left(place));
        }

        Assert.True(killed, "no pin was met while it waits");
    }

    /// <summary>Kills the watcher (0) or the server (1), if a thread waits for a userfault.</summary>
    private static bool KillsAtPin(Place place, int which)
    {
        int[] executors =
        [
            .. from process in Marked(place)
               where process.EndsWith("mmfuzz-executor", StringComparison.Ordinal)
               let number = int.Parse(process.Split(' ')[0]["/proc/".Length..], CultureInfo.InvariantCulture)
               orderby number
               select number,
        ];
        for (int i = 0; i < 100 && executors.Length > 2; i++)
        {
            if (executors[2..].Any(static one => Waits(one)))
            {
                Process.GetProcessById(executors[which]).Kill();
                return true;
            }
        }

        return false;
    }

    private static bool Waits(int process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/wchan") == "handle_userfault";
        }
        catch (IOException)
        {
            return false; // it has ended
        }
    }

    private static Process Start(Place place, bool asNobody, params string[] words)
    {
        string[] nobody = asNobody
            ? [NobodyFactAttribute.Tool!, "--reuid=65534", "--regid=65534", "--clear-groups"]
            : [];
        string[] command =
        [
            .. nobody, Environment.ProcessPath!, Path.Combine(AppContext.BaseDirectory, "mmfuzz.dll"),
            .. words[0] == "linux" ? words
                : ["linux", "fuzz", "--jobs", "1", "--out", Path.Combine(place.Root, "findings"), .. words],
        ];
        if (asNobody)
            File.SetUnixFileMode(place.Root, Everything);
        var start = new ProcessStartInfo(command[0], command[1..]) { WorkingDirectory = place.Root };
        start.Environment[MarkName] = place.Root;
        start.Environment["HOME"] = place.Root;
        return Process.Start(start)!;
    }

    /// <summary>Processes of the run that are still there when they have had time to end.</summary>
    private static List<string> Left(Place place)
    {
        SpinWait.SpinUntil(() => Marked(place).Count == 0, TimeSpan.FromSeconds(10));
        return Marked(place);
    }

    /// <summary>Processes of the run.</summary>
    private static List<string> Marked(Place place)
    {
        List<string> found = [];
        foreach (string process in Directory.EnumerateDirectories("/proc").Where(static path => path[^1] <= '9'))
        {
            try
            {
                string environment = File.ReadAllText(Path.Combine(process, "environ"));
                if (environment.Contains($"{MarkName}={place.Root}", StringComparison.Ordinal))
                    found.Add($"{process} {File.ReadAllText(Path.Combine(process, "comm")).Trim()}");
            }
            catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
            {
                // it has ended, or is somebody else's
            }
        }

        return found;
    }
}

/// <summary>A test against the kernel that it runs on, as a user with no rights at all.</summary>
[AttributeUsage(AttributeTargets.Method)]
[UnsupportedOSPlatform("windows")]
internal sealed class NobodyFactAttribute : FactAttribute
{
    private static readonly string[] Places = ["/usr/bin/setpriv", "/bin/setpriv"];

    /// <summary>Skips it where nobody cannot be had.</summary>
    public NobodyFactAttribute() => Skip = LiveKernel.WhyNot([], pageFrames: false)
        ?? (!Environment.IsPrivilegedProcess ? "whoever runs the tests is no root anyway"
            : Tool is null ? "there is no setpriv here"
            : !AllMayRead(AppContext.BaseDirectory) ? "nobody may not read the program"
            : null);

    /// <summary>Who becomes nobody; null if there is none.</summary>
    public static string? Tool => Places.FirstOrDefault(File.Exists);

    private static bool AllMayRead(string path)
    {
        const UnixFileMode Needed = UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
        for (DirectoryInfo? at = new(path); at is not null; at = at.Parent)
        {
            if ((at.UnixFileMode & Needed) != Needed)
                return false;
        }

        return true;
    }
}
