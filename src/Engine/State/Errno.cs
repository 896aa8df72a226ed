// What an operation answers: 0, an errno, a signal, or what else ends an access.

namespace MmFuzz.Engine.State;

/// <summary>A result, in the kernel's names. Signals stand beside errnos since an access has no return value.</summary>
public enum Errno : byte
{
    /// <summary>Success.</summary>
    None,

    /// <summary>EAGAIN.</summary>
    EAGAIN,

    /// <summary>EBUSY.</summary>
    EBUSY,

    /// <summary>EEXIST.</summary>
    EEXIST,

    /// <summary>EFAULT.</summary>
    EFAULT,

    /// <summary>EINVAL.</summary>
    EINVAL,

    /// <summary>EIO.</summary>
    EIO,

    /// <summary>ENOENT.</summary>
    ENOENT,

    /// <summary>ENOMEM.</summary>
    ENOMEM,

    /// <summary>ESRCH.</summary>
    ESRCH,

    /// <summary>EPERM.</summary>
    EPERM,

    /// <summary>ENOTTY: the release has no such ioctl.</summary>
    ENOTTY,

    /// <summary>EHWPOISON.</summary>
    EHWPOISON,

    /// <summary>EACCES.</summary>
    EACCES,

    /// <summary>SIGSEGV.</summary>
    SIGSEGV,

    /// <summary>SIGBUS.</summary>
    SIGBUS,

    /// <summary>Killed because no memory was left (the OOM killer's SIGKILL).</summary>
    OOM,

    /// <summary>Killed by the exit of its process.</summary>
    SIGKILL,
}
