// Whether an armed fault strikes here and now. Each chance that is passed by brings it one nearer; it strikes once.
// Not covered: arming it (Operations/Starter).

using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Kernel;

internal static class Injection
{
    /// <summary>A chance for the fault to strike.</summary>
    public static bool Strikes(Context c, InjectedFault fault)
    {
        if (c.Machine.InjectedFault != fault)
        {
            return false;
        }

        byte left = c.Machine.InjectedCount;
        c.Machine.InjectFault(left == 0 ? InjectedFault.None : fault, (byte)(left == 0 ? 0 : left - 1));
        if (left == 0)
        {
            c.Reach(Goal.InjectedFaultStruck);
        }

        return left == 0;
    }
}
