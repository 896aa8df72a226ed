// A target that may hang, overflow its stack or end its process: a supervisor starts a worker that inherits the
// fuzzer's descriptors and serves runs itself, so that a run costs no more than without. When the worker dies, the
// supervisor reports how, and starts the next one.
// Not covered: a worker that is killed between two runs, which nobody but a person does.

using System;
using System.Diagnostics;
using System.IO;
using System.IO.Pipes;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace SharpFuzz;

public static partial class Fuzzer
{
    /// <summary>Fuzzing in a process of its own.</summary>
    public static partial class OutOfProcess
    {
        private const string First = "first";
        private const string Worker = "__SHARPFUZZ_WORKER";
        private const string Pipe = "__SHARPFUZZ_GREETED";
        private const int Aborted = 6;
        private const int SignalBase = 128; // exit codes from here on stand for signals
        private const int SetParentDeathSignal = 1;
        private const nuint Kill = 9;

        /// <summary>Whether this process only looks after another one, which runs the target.</summary>
        public static bool IsSupervisor => IsServed && !IsWorker;

        private static bool IsWorker => Environment.GetEnvironmentVariable(Worker) is not null;

        /// <summary>Runs a target whenever AFL++ asks; without AFL++, once, on standard input.</summary>
        /// <param name="action">The target: an exception is a crash, and so is the end of its process.</param>
        public static void Run(Action<Stream> action)
        {
            ArgumentNullException.ThrowIfNull(action);
            if (IsSupervisor)
            {
                Supervise();
            }
            else if (IsServed)
            {
                Work(action);
            }
            else
            {
                RunAlone(action);
            }
        }

        /// <summary>Runs a target that takes a text.</summary>
        /// <param name="action">The target: an exception is a crash, and so is the end of its process.</param>
        /// <param name="bufferSize">Characters of the text, at most.</param>
        public static void Run(Action<string> action, int bufferSize = UsualCharacters) =>
            Run(Reading(action, bufferSize));

        private static void Work(Action<Stream> action)
        {
            _ = Prctl(SetParentDeathSignal, Kill, 0, 0, 0); // an endless run must not outlive the fuzzer
            bool isFirst = Environment.GetEnvironmentVariable(Worker) == First;
            Serve(action, isFirst, () =>
            {
                using var pipe = new AnonymousPipeClientStream(
                    PipeDirection.Out, Environment.GetEnvironmentVariable(Pipe)!);
                pipe.WriteByte(1);
            });
        }

        /// <summary>Keeps a worker going until one ends by itself, because nobody asks any more.</summary>
        private static void Supervise()
        {
            using var status = new FileStream(
                new SafeFileHandle(ForkServer.StatusDescriptor, ownsHandle: false), FileAccess.Write, bufferSize: 0);
            for (bool isFirst = true; ; isFirst = false)
            {
                using var greeted = new AnonymousPipeServerStream(PipeDirection.In, HandleInheritability.Inheritable);
                using Process worker = Start(isFirst, greeted.GetClientHandleAsString());
                greeted.DisposeLocalCopyOfClientHandle();
                bool serves = greeted.ReadByte() >= 0;
                worker.WaitForExit();
                if (worker.ExitCode == 0)
                {
                    return;
                }

                if (!serves)
                {
                    Environment.Exit(worker.ExitCode); // it never got to a run, and neither would the next
                }

                int code = worker.ExitCode;
                new ForkServer(Stream.Null, status).Report(code > SignalBase ? code - SignalBase : Aborted);
            }
        }

        /// <summary>Starts this program once more.</summary>
        private static Process Start(bool isFirst, string pipe)
        {
            string[] arguments = Environment.GetCommandLineArgs();
            string program = Environment.ProcessPath!;
            bool throughHost = Path.GetFileNameWithoutExtension(program) == "dotnet";
            var start = new ProcessStartInfo(program, throughHost ? arguments : arguments[1..])
            {
                UseShellExecute = false,
            };
            start.Environment[Worker] = isFirst ? First : "next";
            start.Environment[Pipe] = pipe;
            return Process.Start(start)!;
        }

        [LibraryImport("libc", EntryPoint = "prctl")]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        private static partial int Prctl(int option, nuint value, nuint third, nuint fourth, nuint fifth);
    }
}
