// Where the process begins: hands the real streams, signals and arguments to MmFuzzCommand, and nothing else.

using System;
using System.IO;
using System.Runtime.InteropServices;
using System.Text;
using System.Threading;
using MmFuzz.Cli;

using var stop = new CancellationTokenSource();

// the first Ctrl-C (or SIGTERM) ends the run with what was found; the second kills
void Stop(PosixSignalContext context)
{
    context.Cancel = !stop.IsCancellationRequested;
    stop.Cancel();
}

using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
using Stream rawInput = Console.OpenStandardInput();
using var input = new StreamReader(rawInput, new UTF8Encoding(false));
return new MmFuzzCommand(input, Console.Out, Console.Error).Run(args, stop.Token);
