// `sharpfuzz path-to-assembly [prefix ...]`: instruments an assembly in place; with prefixes, only types whose full
// names begin with one of them. Exit code 1: nothing was changed, and standard error says why.
// Not covered: instrumenting (SharpFuzz).

using System;
using System.IO;
using System.Linq;
using SharpFuzz;

if (args.Length == 0)
{
    Console.WriteLine("Usage: sharpfuzz path-to-assembly [prefix ...]");
    return 0;
}

string path = args[0];
string[] prefixes = args[1..];
try
{
    int types = Fuzzer.Instrument(
        path,
        name => prefixes is [] || prefixes.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal))).Count();
    Console.WriteLine($"{path}: {types} types instrumented");
    return 0;
}
catch (Exception failure) when (failure is InstrumentationException or IOException or UnauthorizedAccessException)
{
    Console.Error.WriteLine($"sharpfuzz: {path}: {failure.Message}");
    return 1;
}
