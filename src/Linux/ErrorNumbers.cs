// The model's results as Linux numbers them. Not covered: what a result means.

using MmFuzz.Engine.State;

namespace MmFuzz.Linux;

/// <summary>Numbers of errnos and signals on x86-64.</summary>
internal static class ErrorNumbers
{
    private const int BusError = 7;
    private const int Kill = 9;
    private const int SegmentationFault = 11;

    /// <summary>The number of a result; of signals it is above <see cref="StepRecord.SignalBase"/>.</summary>
    public static short Of(Errno errno) => (short)(errno switch
    {
        Errno.None => 0,
        Errno.EAGAIN => 11,
        Errno.EBUSY => 16,
        Errno.EEXIST => 17,
        Errno.EFAULT => 14,
        Errno.EINVAL => 22,
        Errno.EIO => 5,
        Errno.ENOENT => 2,
        Errno.ENOMEM => 12,
        Errno.ESRCH => 3,
        Errno.EPERM => 1,
        Errno.ENOTTY => 25,
        Errno.EHWPOISON => 133,
        Errno.EACCES => 13,
        Errno.SIGSEGV => StepRecord.SignalBase + SegmentationFault,
        Errno.SIGBUS => StepRecord.SignalBase + BusError,
        Errno.OOM or Errno.SIGKILL => StepRecord.SignalBase + Kill,
    });

    /// <summary>The name of a number; the number itself if the model does not know it.</summary>
    public static string Name(short number)
    {
        for (Errno errno = Errno.None; errno <= Errno.SIGKILL; errno++)
        {
            if (Of(errno) == number)
            {
                return errno == Errno.None ? "ok" : errno.ToString();
            }
        }

        return number >= StepRecord.SignalBase
            ? $"signal {number - StepRecord.SignalBase}"
            : $"errno {number}";
    }
}
