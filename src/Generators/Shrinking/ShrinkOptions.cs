// What a caller may ask of the shrinker. Not covered: what it does (Shrinker).

using System;
using MmFuzz.Engine.Fixes;

namespace MmFuzz.Generators.Shrinking;

/// <summary>How far to go, and what counts.</summary>
/// <param name="Budget">How long to try; looked at between candidates.</param>
/// <param name="MustBeCleanOn">
/// If given, a candidate counts only if it shows nothing at all on this kernel, so that shrinking cannot slip from the
/// fault in question to another one that both kernels have.
/// </param>
/// <param name="Trial">Who runs candidates; the model if nobody else is given.</param>
public sealed record ShrinkOptions(TimeSpan Budget, Profile? MustBeCleanOn, ITrial? Trial = null);
