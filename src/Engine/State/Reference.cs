// The reference memory: what user space must observe, page by page, kept beside the machine and never shown to a
// kernel path. Rows only; the contracts that change them are in Properties/.

using System;

namespace MmFuzz.Engine.State;

/// <summary>What is known of a private page, or of one process's view of a shared one.</summary>
[Flags]
public enum RowFlags : uint
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Mapped.</summary>
    Mapped = 1,

    /// <summary>Stores go to an inode page.</summary>
    Shared = 2,

    /// <summary>PROT_READ.</summary>
    Read = 4,

    /// <summary>PROT_WRITE.</summary>
    Write = 8,

    /// <summary>Open: may still hold <see cref="PageRow.Value"/>.</summary>
    MayBeOld = 16,

    /// <summary>Open: may hold zeros, or what its file holds.</summary>
    MayBeZero = 32,

    /// <summary>Open: may hold a token written in [Since, Until) through Source.</summary>
    MayBeNewer = 64,

    /// <summary>A store landed while it was open.</summary>
    StoredWhileOpen = 128,

    /// <summary>userfaultfd write-protection is in force.</summary>
    UffdProtected = 256,

    /// <summary>Stored to since the last clear_refs: must be reported.</summary>
    SoftDirty = 512,

    /// <summary>Registered with context 0.</summary>
    Registered0 = 1024,

    /// <summary>Registered with context 1.</summary>
    Registered1 = 2048,

    /// <summary>Had an entry when the operation in flight on it began.</summary>
    WasPopulated = 4096,

    /// <summary>Open beyond what the other three can say.</summary>
    MayBeAnything = 8192,

    /// <summary>Protected or not: what the entry says when it is judged next.</summary>
    ProtectionUnknown = 16384,

    /// <summary>Another change of protection, or a discard, overlapped with the one under way.</summary>
    Disturbed = 32768,

    /// <summary>MADV_FREE: may turn into zeros for good at any time until the next store.</summary>
    Lazyfree = 1 << 24,

    /// <summary>MADV_DONTFORK: children do not have it.</summary>
    DontFork = 1 << 25,

    /// <summary>MADV_WIPEONFORK: children find zeros.</summary>
    WipeOnFork = 1 << 26,

    /// <summary>mremap is under way, and the page has another row as well: moved, and not gone yet.</summary>
    Doubled = 1 << 27,

    /// <summary>
    /// Private, and backed by an inode page: what is anonymous memory's zero is the file's present content here.
    /// </summary>
    HasFile = 65536,

    /// <summary>Somebody outside has taken the page to write it, and it was taken away from there meanwhile.</summary>
    TakenAway = 1 << 17,

    /// <summary>Registered for missing pages.</summary>
    WatchesMissing = 1 << 20,

    /// <summary>Registered for write-protection.</summary>
    WatchesWp = 1 << 21,

    /// <summary>Registered for minor faults.</summary>
    WatchesMinor = 1 << 22,

    /// <summary>Poisoned by UFFDIO_POISON: an access gets SIGBUS.</summary>
    Poisoned = 1 << 23,

    /// <summary>mlocked.</summary>
    Mlocked = 1 << 28,

    /// <summary>mlocked, and was in memory when the call returned: it stays there.</summary>
    Resident = 1 << 29,

    /// <summary>MADV_GUARD_INSTALL: an access gets SIGSEGV.</summary>
    Guarded = 1 << 30,

    /// <summary>Any of the ways of being open.</summary>
    Open = MayBeOld | MayBeZero | MayBeNewer | MayBeAnything,

    /// <summary>Registered with either context.</summary>
    Registered = Registered0 | Registered1,

    /// <summary>All that registering says of a page.</summary>
    Registration = Registered | WatchesMissing | WatchesWp | WatchesMinor,
}

/// <summary>What one process must see at one page.</summary>
public struct PageRow
{
    /// <summary>What is known.</summary>
    public RowFlags Flags;

    /// <summary>The content (of a private page; a shared one's is in its <see cref="FileRow"/>).</summary>
    public Token Value;

    /// <summary>Open: first running number of a store that may be seen.</summary>
    public ushort Since;

    /// <summary>Open: first running number behind those that may be seen.</summary>
    public ushort Until;

    /// <summary>Open: through which entry the stores went.</summary>
    public EntryIndex Source;

    /// <summary>The inode page, of a shared page and of a private one that has a file.</summary>
    public CacheIndex File;

    /// <summary>Whether that page of a file is behind it, shared or private.</summary>
    public readonly bool Shows(CacheIndex file) => File == file && ShowsFile;

    /// <summary>Whether any of the flags is set.</summary>
    public readonly bool HasAny(RowFlags flags) => (Flags & flags) != 0;

    /// <summary>Whether it is a private page of a file that nobody has written: it shows the file.</summary>
    public readonly bool IsUnbroken =>
        (Flags & (RowFlags.Open | RowFlags.HasFile)) == (RowFlags.MayBeZero | RowFlags.HasFile);

    /// <summary>Whether more than one content is allowed.</summary>
    public readonly bool IsOpen => (Flags & RowFlags.Open) != 0 && !IsUnbroken;

    /// <summary>Whether it has to do with a page of a file, shared or private.</summary>
    public readonly bool ShowsFile => (Flags & (RowFlags.Shared | RowFlags.HasFile)) != 0;

    /// <summary>Whether it is mapped, privately.</summary>
    public readonly bool IsPrivate => (Flags & (RowFlags.Mapped | RowFlags.Shared)) == RowFlags.Mapped;
}

/// <summary>Where a page lies in its file.</summary>
public enum FilePlace : byte
{
    /// <summary>Before its end.</summary>
    Inside,

    /// <summary>Behind its end since a moment ago: who has it mapped may still use it, and private copies go.</summary>
    BeingCut,

    /// <summary>Behind its end.</summary>
    Behind,
}

/// <summary>What everybody must see of one inode page.</summary>
public struct FileRow
{
    /// <summary>The content.</summary>
    public Token Value;

    /// <summary>Where it lies in its file.</summary>
    public FilePlace Place;

    private readonly byte reserved;

    /// <summary>Whether the unused bytes are 0, as they always are.</summary>
    public readonly bool IsCanonical => reserved == 0;

    /// <summary>Whether it lies behind the end of its file.</summary>
    public readonly bool IsBehindEnd => Place != FilePlace.Inside;
}

/// <summary>What the device must see through one handle.</summary>
public struct HandleRow
{
    /// <summary>
    /// What each page read when it was taken, or when it was detached, or what the device wrote since.
    /// </summary>
    public HandleTokens Values;

    /// <summary>The page of its owner that each page belongs to: where it was taken, or was moved to since.</summary>
    public HandleEntries Entries;

    /// <summary>Bit i: page i still is what its owner has mapped there.</summary>
    public byte Attached;

    /// <summary>
    /// Bit i: page i need not stay what its owner has mapped there (a plain reference, the zero page).
    /// </summary>
    public byte Weak;

    /// <summary>Bit i: page i belongs to an inode.</summary>
    public byte Shared;

    /// <summary>Bit i: mremap moved page i, so that stores through other entries of its owner may show.</summary>
    public byte Moved;
}

/// <summary>The reference memory.</summary>
public struct Reference
{
    private RowArray rows;
    private FileRowArray files;
    private HandleRowArray handles;

    /// <summary>The row of a page.</summary>
    [System.Diagnostics.CodeAnalysis.UnscopedRef]
    public readonly ref readonly PageRow RowAt(EntryIndex index) => ref rows[index.Value];

    /// <summary>The rows of all pages.</summary>
    [System.Diagnostics.CodeAnalysis.UnscopedRef]
    public readonly ReadOnlySpan<PageRow> Rows => rows;

    /// <summary>Bit n: page n of all address spaces shows that page of a file, shared or privately.</summary>
    public readonly ulong EntriesShowing(CacheIndex file)
    {
        ulong found = 0;
        for (int i = 0; i < Limits.Entries; i++)
        {
            if (rows[i].Shows(file))
            {
                found |= 1ul << i;
            }
        }

        return found;
    }

    /// <summary>The row of an inode page.</summary>
    [System.Diagnostics.CodeAnalysis.UnscopedRef]
    public readonly ref readonly FileRow FileAt(CacheIndex index) => ref files[index.Value];

    /// <summary>The row of a handle.</summary>
    [System.Diagnostics.CodeAnalysis.UnscopedRef]
    public readonly ref readonly HandleRow HandleAt(HandleId handle) => ref handles[handle.Value];

    /// <summary>The row of a page, to be changed.</summary>
    [System.Diagnostics.CodeAnalysis.UnscopedRef]
    public ref PageRow ChangeRow(ref Touched touched, EntryIndex index)
    {
        touched.Rows |= 1ul << index.Value;
        return ref rows[index.Value];
    }

    /// <summary>The row of an inode page, to be changed.</summary>
    [System.Diagnostics.CodeAnalysis.UnscopedRef]
    public ref FileRow ChangeFile(ref Touched touched, CacheIndex index)
    {
        touched.AddCaches(1u << index.Value);
        return ref files[index.Value];
    }

    /// <summary>The row of a handle, to be changed.</summary>
    [System.Diagnostics.CodeAnalysis.UnscopedRef]
    public ref HandleRow ChangeHandle(ref Touched touched, HandleId handle)
    {
        touched.Add(handle);
        return ref handles[handle.Value];
    }
}
