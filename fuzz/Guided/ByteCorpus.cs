// A directory of programs as bytes, each in a file whose name is a hash of its content. A file is written beside its
// place and renamed, so that a kill at any moment leaves it whole or not there; a file whose name does not fit its
// content (half written when the power failed, or not ours) is left alone and not read.
// Not covered: findings, which are kept elsewhere (FindingStore).

using System;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using MmFuzz.Generators.Guided;

namespace MmFuzz.Cli;

/// <summary>A program of the corpus.</summary>
/// <param name="Name">The name of its file.</param>
/// <param name="Bytes">Its bytes.</param>
internal sealed record CorpusMember(string Name, byte[] Bytes);

/// <summary>Keeps programs made of bytes.</summary>
internal sealed class ByteCorpus
{
    /// <summary>Where the corpus is if nothing else is said.</summary>
    public const string UsualDirectory = "guided-corpus";

    private const int NameBytes = 10;

    private readonly string directory;

    /// <summary>Opens a corpus; makes the directory if it is not there.</summary>
    public ByteCorpus(string directory)
    {
        this.directory = directory;
        try
        {
            Directory.CreateDirectory(directory);
        }
        catch (Exception failure) when (ProgramFiles.IsAboutFiles(failure))
        {
            throw new BadInputException(
                $"--corpus: found `{directory}`, which cannot be made or read "
                + $"({failure.Message.ReplaceLineEndings(" ")}), expected a directory for programs");
        }
    }

    /// <summary>The name that a content has.</summary>
    public static string NameOf(ReadOnlySpan<byte> bytes) =>
        Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, NameBytes));

    /// <summary>All programs, in the order of their names.</summary>
    public ImmutableArray<CorpusMember> Read()
    {
        var members = ImmutableArray.CreateBuilder<CorpusMember>();
        foreach (string path in Directory.EnumerateFiles(directory).Order(StringComparer.Ordinal))
        {
            string name = Path.GetFileName(path);
            if (name.Length == 2 * NameBytes && new FileInfo(path).Length <= ByteChoices.MostBytes)
            {
                byte[] bytes = File.ReadAllBytes(path);
                if (NameOf(bytes) == name)
                {
                    members.Add(new CorpusMember(name, bytes));
                }
            }
        }

        return members.ToImmutable();
    }

    /// <summary>Adds a program; answers whether it was not there.</summary>
    public bool Add(ReadOnlySpan<byte> bytes)
    {
        string path = Path.Combine(directory, NameOf(bytes));
        if (File.Exists(path))
        {
            return false;
        }

        SafeFile.WriteQuickly(path, bytes);
        return true;
    }

    /// <summary>Takes a program out.</summary>
    public void Remove(CorpusMember member) => File.Delete(Path.Combine(directory, member.Name));
}
