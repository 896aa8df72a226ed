// What it means for people that a clause is violated: what went wrong and what may come of it. The rule itself is in
// PropertyCatalogue. Not covered: the particular thing that showed it (Violation.Detail).

using MmFuzz.Engine.Properties;

namespace MmFuzz.Reports;

/// <summary>Words for violations.</summary>
public static class ClauseWords
{
    /// <summary>Name of a violation: property (clause).</summary>
    public static string Name(Violation violation) => $"{violation.PropertyName} ({violation.ClauseName})";

    /// <summary>What has happened, and what may come of it.</summary>
    public static string Meaning(Clause clause) => clause switch
    {
        Clause.WritableButShared => "A process may write a page that others may have too: its stores can show up in "
            + "another process, or in a device's buffer.",
        Clause.MappedTwice => "A page that is marked as belonging to one process alone is mapped twice: each of the "
            + "two may write it in place, and the other sees that.",
        Clause.SlotStillUsed => "A page marked exclusive is the cached copy of a swap slot that entries still name: "
            + "whoever swaps it in next shares it unknowingly.",
        Clause.SwapExclusiveShared => "A swap entry says that it is its slot's only user, but it is not: the page "
            + "comes back writable although others have it.",
        Clause.MigrationExclusiveShared => "A migration entry says that its page is mapped once, but it is mapped more "
            + "often: the page comes back as exclusive although it is shared.",
        Clause.PageReplaced => "The process has got another page than the one that is pinned: from here on the device "
            + "and the process no longer see each other's stores.",
        Clause.EventWithoutCause => "A store was reported to the manager though nothing protects the page: whatever "
            + "the manager answers, the next try may be reported again, and the thread never gets on.",
        Clause.DeviceReadsOther => "The device read something else than the process has there: the pin and the process "
            + "have parted.",
        Clause.PinnedButShared => "A page that is pinned is not exclusive any more: the owner's next store will copy "
            + "it and leave the device behind.",
        Clause.UnpinWarning => "The kernel's own sanity check warns: a pinned anonymous page is not exclusive.",
        Clause.StoreWithoutEvent => "A store went through to a page that userfaultfd write-protects, and nobody was "
            + "told: a snapshot or a live migration loses that store.",
        Clause.GupWithoutEvent => "Pages that userfaultfd write-protects were taken for writing, and nobody was told.",
        Clause.BitLost => "The write-protection by userfaultfd is in force, but the entry does not say so any more: "
            + "the next store goes unnoticed.",
        Clause.BitSpurious => "An entry says that userfaultfd protects it though nothing is protected: a store will "
            + "wait for a manager that knows nothing of it.",
        Clause.EndlessFault => "An access faults again and again without ever getting through.",
        Clause.WrongLoad => "A load returned something else than the process must see.",
        Clause.WrongContent => "A mapped page holds something else than its process must see.",
        Clause.HandleReadsForeign => "A handle (a device's buffer, a pipe) shows a store that it must never show.",
        Clause.FileHoldsForeign => "A file holds what somebody stored to private memory: it shows through to all.",
        Clause.BehindEnd => "A page is left behind the end of its file: who has it mapped gets no SIGBUS.",
        Clause.SwapContentLost => "What lies in the swap area is not what was written to the page.",
        Clause.InodeContentLost => "What the file holds is not what was written to it.",
        Clause.NothingLeft => "Something was written to the page, and nothing of it is left anywhere.",
        Clause.NotReported => "The page was written since tracking began, but it is reported clean: a checkpoint would "
            + "leave it out.",
        Clause.Refcount => "The page's reference count is not the number of references that exist: it leaks, or it is "
            + "freed while somebody uses it.",
        Clause.Mapcount => "The page's mapcount is not the number of entries that map it.",
        Clause.SwapCount => "The swap slot's use count is not the number of its users: it leaks, or it is given to "
            + "somebody else while in use.",
        Clause.MmCount => "A counter of the address space (pending flushes, readers of mmap_lock) is wrong.",
        Clause.OutsideMapping => "The page table holds an entry where nothing is mapped.",
        Clause.StalePage => "A CPU still translates to a page that the page table no longer maps, and no flush is on "
            + "its way.",
        Clause.StaleRights => "A CPU still allows stores that the page table forbids, and no flush is on its way.",
        Clause.FreedPage => "A CPU still translates to a page that was freed: it reads and writes whoever gets that "
            + "page next.",
        Clause.StaleAfterReturn => "The call returned while CPUs still had translations in its range.",
        Clause.WithoutLock => "An entry was changed while somebody else held the lock that guards it.",
        Clause.LeftBehind => "A path ended and left locks, references or unpaid flushes behind.",
        Clause.Deadlock => "Threads wait for each other in a circle.",
        Clause.NobodyWakes => "A thread waits for what nobody can end any more.",
        Clause.WrongResult => "The call answered something else than this kernel promises.",
        Clause.Misuse => "The kernel asked an entry or a count for something that it does not have: on a real machine "
            + "it would have used garbage.",
        Clause.LockedSwappedOut => "A page that mlock had brought into memory was swapped out although nobody unlocked "
            + "it: what must not wait for a disk, or must not reach one, does.",
        Clause.GuardLost => "A guard that was installed is gone, and nobody has removed it: what it should stop gets "
            + "through.",
        Clause.GuardSpurious => "A guard is where nobody has installed one: the process loses its memory there.",
        Clause.GuardPassed => "A load or store landed where a guard is.",
        Clause.FailedPageMapped => "A page whose memory has failed is mapped: the process reads what it never wrote, "
            + "or dies of the next error.",
        Clause.FailedPageCopied => "The kernel copies a page whose memory has failed, and has no way out of the "
            + "machine check: the whole machine goes down with it.",
    };
}
