// Numbers for edges: a method's edges follow each other from a place that the method's name decides; places that are
// taken are passed over. So no two edges share a byte while there is room, the same assembly always gets the same
// numbers, and a change of one method seldom renumbers another.
// Not covered: what an edge is (MethodEdges).

using System.Text;
using SharpFuzz.Common;

namespace SharpFuzz;

/// <summary>Hands out numbers.</summary>
internal sealed class EdgeIds
{
    private readonly bool[] taken = new bool[Trace.EdgeBytes];
    private int next;

    /// <summary>Edges that have a number so far.</summary>
    public int Count { get; private set; }

    /// <summary>Goes to the place of a method.</summary>
    public void Enter(string method)
    {
        uint hash = 2166136261;
        foreach (byte letter in Encoding.UTF8.GetBytes(method))
        {
            hash = (hash ^ letter) * 16777619;
        }

        next = (int)((hash ^ (hash >> 15)) % (uint)taken.Length);
    }

    /// <summary>A number for the next edge; with more edges than numbers, they share them.</summary>
    public int Next()
    {
        Count++;
        for (int i = 0; i < taken.Length && taken[next]; i++)
        {
            next = (next + 1) % taken.Length;
        }

        taken[next] = true;
        return next;
    }
}
