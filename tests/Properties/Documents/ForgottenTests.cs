// What this file covers: the places that whoever adds an operation, a fix, a clause or a kernel path forgets, and that
// neither the compiler nor another test asks for (docs/extending.md): a switch that nothing asks, a fix that nobody
// looks for, a clause that nothing raises, an operation that the format does not tell of, stages without names.
// What it does not cover: operations that are never generated, goals never met (Generators/GeneratorTests.cs).

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.Properties;
using MmFuzz.Engine.State;
using MmFuzz.Reports;
using MmFuzz.Tests.Tidy;
using Xunit;

namespace MmFuzz.Tests.Documents;

public class ForgottenTests
{
    private static readonly string[] Lists =
    [
        "src/Engine/Fixes/FixCatalogue.Entries.cs", "src/Engine/Properties/BugCatalogue.cs",
        "src/Engine/Properties/PropertyId.cs",
    ];

    // No path, and those that are one stage.
    private static readonly KernelPath[] WithoutNames = [KernelPath.None, KernelPath.UffdRegister];

    [Fact]
    public void Every_fix_is_asked_for_in_the_engine() => None(
        from fix in Enum.GetValues<Fix>()
        where !EngineNames($"Fix.{fix}")
        select $"nothing in src/Engine asks whether the kernel has Fix.{fix}");

    [Fact]
    public void Every_fix_is_a_row_of_the_known_bugs_or_its_absence_is_argued()
    {
        string argued = File.ReadAllText(Path.Combine(SourceFile.Root(), "docs", "equivalence.md"));
        None(from info in FixCatalogue.All
             where !BugCatalogue.All.Any(row => row.Off.Has(info.Fix))
             where !Regex.IsMatch(argued, $@"(?<![\w-]){info.Name}(?![\w-])")
             select $"{info.Name} is neither in BugCatalogue nor in docs/equivalence.md");
    }

    [Fact]
    public void Every_property_is_in_the_catalogue_in_the_order_of_its_number_and_has_a_clause() => None(
        from id in Enum.GetValues<PropertyId>()
        where (int)id >= PropertyCatalogue.All.Length || PropertyCatalogue.Of(id).Id != id
            || !Enum.GetValues<Clause>().Any(clause => PropertyCatalogue.PropertyOf(clause) == id)
        select $"PropertyCatalogue.All lacks {id}, or no clause belongs to it");

    [Fact]
    public void Every_property_is_tested_on_generated_programs() => None(
        from id in Enum.GetValues<PropertyId>()
        where !SourceFile.All.Value.Any(file => file.Path == "tests/Properties/Properties/KernelPropertyTests.cs"
            && file.Code.Contains($"Holds(PropertyId.{id},", StringComparison.Ordinal))
        select $"KernelPropertyTests has no test of {id}");

    [Fact]
    public void Every_clause_is_raised_somewhere() => None(
        from clause in Enum.GetValues<Clause>()
        where !EngineNames($"Clause.{clause}")
        select $"nothing in src/Engine raises Clause.{clause}");

    [Fact]
    public void Every_operation_but_step_is_started_by_name() => None(
        from kind in Enum.GetValues<OperationKind>()
        where kind != OperationKind.Step
        let use = new Regex($@"\bOperationKind\.{kind}\b")
        where !SourceFile.All.Value.Any(file =>
            file.Path.StartsWith("src/Engine/Operations/Starter", StringComparison.Ordinal) && use.IsMatch(file.Code))
        select $"neither Starter.Prepare nor Starter.Run knows {kind}: it would do nothing");

    [Fact]
    public void Every_operation_is_told_of_by_the_format()
    {
        string format = File.ReadAllText(Path.Combine(SourceFile.Root(), "docs", "mm-format.md"));
        None(from kind in Enum.GetValues<OperationKind>()
             let word = OperationPrinter.Word(kind)
             where !Regex.IsMatch(format, $@"`{word}\b")
             select $"docs/mm-format.md does not tell of {word}");
    }

    [Fact]
    public void Every_form_of_an_operation_begins_with_its_word() => None(
        from kind in Enum.GetValues<OperationKind>()
        where OperationWords.Form(kind).Split(' ')[0] != OperationPrinter.Word(kind)
        select $"OperationWords.Form({kind}) is {OperationWords.Form(kind)}");

    [Fact]
    public void Every_kernel_path_of_more_than_one_stage_names_its_stages() => None(
        from path in Enum.GetValues<KernelPath>()
        where !WithoutNames.Contains(path) && !StageNames.AllOf(path).Any()
        select $"StageNames.Find does not know where the stages of {path} are");

    private static bool EngineNames(string member)
    {
        var use = new Regex($@"\b{Regex.Escape(member)}\b");
        return SourceFile.All.Value.Any(file =>
            file.IsUnder("src/Engine") && !Lists.Contains(file.Path) && use.IsMatch(file.Code));
    }

    private static void None(IEnumerable<string> problems)
    {
        string[] all = [.. problems];
        Assert.True(all.Length == 0, string.Join('\n', all));
    }
}
