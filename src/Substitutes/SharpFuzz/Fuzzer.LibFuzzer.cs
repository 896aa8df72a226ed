// A target under libfuzzer-dotnet: shared memory with the coverage map and behind it the input; a pipe on which the
// input's length comes, and one on which a status goes back, 0 or 2. Without libFuzzer it runs once, on the file that
// the first argument names.
// Not covered: libFuzzer's own options and its driver, which are not in this repository.

using System;
using System.Globalization;
using System.IO;
using System.IO.Pipes;
using SharpFuzz.Common;

namespace SharpFuzz;

/// <summary>A target that takes bytes.</summary>
/// <param name="span">The bytes.</param>
public delegate void ReadOnlySpanAction(ReadOnlySpan<byte> span);

public static partial class Fuzzer
{
    /// <summary>Fuzzing under libFuzzer.</summary>
    public static class LibFuzzer
    {
        private const int Crash = 2;

        /// <summary>Runs a target whenever libFuzzer asks; it ends after the first crash.</summary>
        /// <param name="action">The target: an exception is a crash.</param>
        public static void Run(ReadOnlySpanAction action)
        {
            ArgumentNullException.ThrowIfNull(action);
            string? control = Environment.GetEnvironmentVariable("__LIBFUZZER_CONTROL_PIPE_ID");
            string? status = Environment.GetEnvironmentVariable("__LIBFUZZER_STATUS_PIPE_ID");
            bool hasMemory = int.TryParse(
                Environment.GetEnvironmentVariable("__LIBFUZZER_SHM_ID"), CultureInfo.InvariantCulture, out int id);
            if (control is null || status is null || !hasMemory)
            {
                RunOnFile(action);
                return;
            }

            using var asked = new BinaryReader(new AnonymousPipeClientStream(PipeDirection.In, control));
            using var answered = new BinaryWriter(new AnonymousPipeClientStream(PipeDirection.Out, status));
            Serve(action, id, asked, answered);
        }

        private static unsafe void Serve(
            ReadOnlySpanAction action, int memory, BinaryReader asked, BinaryWriter answered)
        {
            byte* input = SharedMemory.Attach(memory) + Trace.MapSize;
            Trace.Clear();
            answered.Write(0);
            while (true)
            {
                int length = asked.ReadInt32();
                try
                {
                    action(new ReadOnlySpan<byte>(input, length));
                    answered.Write(0);
                }
                catch (Exception exception)
                {
                    Console.Error.WriteLine(exception);
                    answered.Write(Crash);
                    return;
                }
            }
        }

        private static void RunOnFile(ReadOnlySpanAction action)
        {
            string[] arguments = Environment.GetCommandLineArgs();
            if (arguments.Length < 2)
            {
                throw new ArgumentException("found no argument, expected the file to run, or libFuzzer around it");
            }

            action(File.ReadAllBytes(arguments[1]));
        }
    }
}
