// Counts the edges of one method: its entry, the starts of its handlers, and every way out of a branch that has more
// ways than one. All other edges are passed whenever one of these is. A way gets a place of its own right behind its
// branch, which counts and goes where the branch went: so it stays in the branch's protected region.
// Not covered: numbers (EdgeIds), which methods (Instrumenter).

using System.Collections.Generic;
using System.Linq;
using Mono.Cecil;
using Mono.Cecil.Cil;
using Mono.Cecil.Rocks;

namespace SharpFuzz;

/// <summary>Instruments methods.</summary>
internal sealed class MethodEdges
{
    private readonly FieldReference map;
    private readonly EdgeIds ids;

    /// <summary>Makes it for a module.</summary>
    /// <param name="map">The field that holds the map's address.</param>
    /// <param name="ids">Where numbers come from.</param>
    public MethodEdges(FieldReference map, EdgeIds ids)
    {
        this.map = map;
        this.ids = ids;
    }

    /// <summary>Instruments a method with a body.</summary>
    public void Instrument(MethodDefinition method)
    {
        MethodBody body = method.Body;
        body.SimplifyMacros(); // short branches would not reach over what is put in
        ids.Enter(method.FullName);
        Instruction[] original = [.. body.Instructions];
        ILProcessor il = body.GetILProcessor();
        InsertBefore(il, original[0]); // who jumps back to it is counted at the jump
        CountHandlers(il);
        foreach (Instruction branch in original)
        {
            if (branch.OpCode.FlowControl == FlowControl.Cond_Branch)
            {
                CountWays(il, branch);
            }
        }

        body.OptimizeMacros();
    }

    private void CountHandlers(ILProcessor il)
    {
        IEnumerable<ExceptionHandler> handlers = il.Body.ExceptionHandlers;
        Instruction[] starts =
        [
            .. handlers
                .SelectMany(handler => new[] { handler.FilterStart, handler.HandlerStart })
                .OfType<Instruction>()
                .Distinct(),
        ];
        foreach (Instruction start in starts)
        {
            Instruction counting = InsertBefore(il, start);
            foreach (ExceptionHandler handler in handlers)
            {
                MoveBounds(handler, start, counting);
            }
        }
    }

    /// <summary>A region that began, or ended, at an instruction does so at what stands before it now.</summary>
    private static void MoveBounds(ExceptionHandler handler, Instruction from, Instruction to)
    {
        handler.TryStart = handler.TryStart == from ? to : handler.TryStart;
        handler.TryEnd = handler.TryEnd == from ? to : handler.TryEnd;
        handler.FilterStart = handler.FilterStart == from ? to : handler.FilterStart;
        handler.HandlerStart = handler.HandlerStart == from ? to : handler.HandlerStart;
        handler.HandlerEnd = handler.HandlerEnd == from ? to : handler.HandlerEnd;
    }

    /// <summary>The way that falls through is counted and jumps over the places of the others.</summary>
    private void CountWays(ILProcessor il, Instruction branch)
    {
        Instruction through = branch.Next;
        Instruction last = InsertAfter(il, branch, Counting());
        last = InsertAfter(il, last, [Instruction.Create(OpCodes.Br, through)]);
        if (branch.Operand is Instruction target)
        {
            (branch.Operand, _) = AddPlace(il, last, target);
            return;
        }

        var places = new Dictionary<Instruction, Instruction>();
        var targets = (Instruction[])branch.Operand;
        foreach (Instruction one in targets.Distinct())
        {
            (places[one], last) = AddPlace(il, last, one);
        }

        branch.Operand = targets.Select(one => places[one]).ToArray();
    }

    private (Instruction First, Instruction Last) AddPlace(ILProcessor il, Instruction after, Instruction target)
    {
        Instruction[] place = [.. Counting(), Instruction.Create(OpCodes.Br, target)];
        return (place[0], InsertAfter(il, after, place));
    }

    private Instruction InsertBefore(ILProcessor il, Instruction at)
    {
        Instruction[] counting = Counting();
        foreach (Instruction instruction in counting)
        {
            il.InsertBefore(at, instruction);
        }

        return counting[0];
    }

    private static Instruction InsertAfter(ILProcessor il, Instruction at, Instruction[] added)
    {
        foreach (Instruction instruction in added)
        {
            il.InsertAfter(at, instruction);
            at = instruction;
        }

        return at;
    }

    /// <summary>One more in the next edge's byte.</summary>
    private Instruction[] Counting() =>
    [
        Instruction.Create(OpCodes.Ldsfld, map),
        Instruction.Create(OpCodes.Ldc_I4, ids.Next()),
        Instruction.Create(OpCodes.Add),
        Instruction.Create(OpCodes.Dup),
        Instruction.Create(OpCodes.Ldind_U1),
        Instruction.Create(OpCodes.Ldc_I4_1),
        Instruction.Create(OpCodes.Add),
        Instruction.Create(OpCodes.Conv_U1),
        Instruction.Create(OpCodes.Stind_I1),
    ];
}
