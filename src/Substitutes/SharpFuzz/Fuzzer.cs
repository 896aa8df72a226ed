// What a target calls, by the names of the package SharpFuzz 2: Run serves AFL++ in this process. Without a fuzzer it
// runs once, on standard input, so that a crash can be looked at in a debugger.
// Not covered: targets that may end the process (OutOfProcess), libFuzzer (LibFuzzer), instrumenting (Instrument).

using System;
using System.IO;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using SharpFuzz.Common;

namespace SharpFuzz;

/// <summary>Fuzzing with coverage, under AFL++, libFuzzer or by oneself.</summary>
public static partial class Fuzzer
{
    /// <summary>
    /// Under this key an exception's data may have the status that is reported for it, such as 6 for SIGABRT; else it
    /// is 11, as for SIGSEGV.
    /// </summary>
    public const string StatusKey = "SharpFuzz.Status";

    private const int GetDescriptorFlags = 1;

    /// <summary>Characters of a text, at most, if nothing else is said.</summary>
    private const int UsualCharacters = 10_000_000;

    /// <summary>Whether AFL++ has started this process.</summary>
    public static bool IsUnderAfl => Environment.GetEnvironmentVariable("__AFL_SHM_ID") is not null;

    /// <summary>Whether it is there to ask for runs; afl-showmap wants one run of a file and nothing else.</summary>
    private static bool IsServed => IsUnderAfl && Fcntl(ForkServer.ControlDescriptor, GetDescriptorFlags) >= 0;

    /// <summary>Runs a target whenever AFL++ asks; without AFL++, once, on standard input.</summary>
    /// <param name="action">The target: an exception is a crash.</param>
    public static void Run(Action<Stream> action)
    {
        ArgumentNullException.ThrowIfNull(action);
        if (IsServed)
        {
            Serve(action, greets: true, greeted: () => { });
        }
        else
        {
            RunAlone(action);
        }
    }

    /// <summary>Runs a target that takes a text.</summary>
    /// <param name="action">The target: an exception is a crash.</param>
    /// <param name="bufferSize">Characters of the text, at most.</param>
    public static void Run(Action<string> action, int bufferSize = UsualCharacters) =>
        Run(Reading(action, bufferSize));

    /// <summary>Runs a target once, on standard input.</summary>
    /// <param name="action">The target.</param>
    public static void RunOnce(Action<Stream> action)
    {
        ArgumentNullException.ThrowIfNull(action);
        using Stream input = FuzzerInput.Standard().Open();
        action(input);
    }

    /// <summary>Runs a target once; under AFL++ an exception ends the process by the signal it stands for.</summary>
    private static void RunAlone(Action<Stream> action)
    {
        if (!IsUnderAfl)
        {
            RunOnce(action);
            return;
        }

        Trace.Clear();
        int status = ForkServer.StatusOf(() => RunOnce(action));
        if (status != 0)
        {
            _ = Signal(status, 0);
            _ = Kill(Environment.ProcessId, status);
        }
    }

    /// <summary>A target of bytes that hands a text on.</summary>
    private static Action<Stream> Reading(Action<string> action, int bufferSize)
    {
        ArgumentNullException.ThrowIfNull(action);
        var buffer = new char[bufferSize];
        return stream =>
        {
            using var reader = new StreamReader(stream, Encoding.UTF8, true, 1024, leaveOpen: true);
            int length = reader.ReadBlock(buffer, 0, buffer.Length);
            action(new string(buffer, 0, length));
        };
    }

    /// <summary>Serves runs on the descriptors that AFL++ has opened.</summary>
    /// <param name="action">The target.</param>
    /// <param name="greets">Whether nobody has greeted the fuzzer yet.</param>
    /// <param name="greeted">Is told when that is done.</param>
    private static void Serve(Action<Stream> action, bool greets, Action greeted)
    {
        using FileStream control = Open(ForkServer.ControlDescriptor, FileAccess.Read);
        using FileStream status = Open(ForkServer.StatusDescriptor, FileAccess.Write);
        var server = new ForkServer(control, status);
        FuzzerInput input = FuzzerInput.Attach();
        Trace.Clear(); // what the target did to warm up is no run
        if (greets && !server.Greet(input.IsShared))
        {
            input = FuzzerInput.Standard();
        }

        greeted();
        server.Serve(() =>
        {
            Stream given = input.Open();
            return ForkServer.StatusOf(() => action(given));
        });
    }

    private static FileStream Open(int descriptor, FileAccess access) =>
        new(new SafeFileHandle(descriptor, ownsHandle: false), access, bufferSize: 0);

    [LibraryImport("libc", EntryPoint = "fcntl")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Fcntl(int descriptor, int command);

    [LibraryImport("libc", EntryPoint = "signal")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint Signal(int signal, nint handler);

    [LibraryImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Kill(int process, int signal);
}
