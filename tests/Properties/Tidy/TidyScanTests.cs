// What this file covers: that the tidy tests can see: what counts as code in a text, and where methods begin and end.
// What it does not cover: the rules themselves, which look at this repository's sources (TidyTests.cs).

using System.Linq;
using System.Text.RegularExpressions;
using Xunit;

namespace MmFuzz.Tests.Tidy;

public partial class TidyScanTests
{
    [Theory]
    [InlineData("a // b", "a")]
    [InlineData("a /* b */ c", "a c")]
    [InlineData("a /*/ b */ c", "a c")]
    [InlineData("a\n  #pragma b\nc", "a c")]
    [InlineData("a = \"b\"; c", "a = ; c")]
    [InlineData("a \"\\\"b\" c", "a c")]
    [InlineData("a \"\" c", "a c")]
    [InlineData("a @\"\\\" c", "a c")]
    [InlineData("a @\"b\"\"b\" c", "a c")]
    [InlineData("a @\"\"\"b\" c", "a c")]
    [InlineData("@class c", "@class c")]
    [InlineData("a '\"' c '\\'' d '{' e", "a c d e")]
    [InlineData("a $\"b {c} b {{b}} {d(\"b\", $\"b{e}\")}\" f", "a c d( , e ) f")]
    [InlineData("a $\"{c switch { 1 => 2, _ => 3 }} b\" d", "a c switch { 1 => 2, _ => 3 } d")]
    [InlineData("a $@\"\\{c}\"\"b\" d", "a c d")]
    [InlineData("a \"\"\"b \"\" // b\"\"\" c", "a c")]
    [InlineData("a \"\"\"\"b \"\"\" b\"\"\"\" c", "a c")]
    [InlineData("a $$\"\"\"b {b} {{c}} {{{d}}} b\"\"\" e", "a c d e")]
    [InlineData("} a \"b\"", "} a")]
    [InlineData("a \"b", "a")]
    public void Only_code_is_left_of_a_text(string text, string expected)
    {
        string code = CodeMask.Blank(text);

        Assert.Equal(text.Length, code.Length);
        Assert.Equal(expected, Blanks().Replace(code, " ").Trim());
    }

    [Fact]
    public void Methods_of_all_forms_are_found_with_their_lines()
    {
        const string Text = """
            // A comment.
            using System;
            namespace N;
            [Obsolete("}")]
            public class C<T>(int x) : B(x), I where T : class
            {
                private static readonly int[] Table =
                [
                    1,
                ];
                private readonly Func<int, int> lambda = y =>
                {
                    return y;
                };
                enum E { A = 1, B }
                record struct R(int X = 1);
                [Fact]
                public void Block<U>(int a = 1, U record = default) where U : struct
                {
                    if (a == 1) { Block(2); }
                }
                public int Arrow(int a) => a switch
                {
                    1 => 2,
                    _ => 3,
                };
                public static bool operator ==(C a, C b)
                {
                    return true;
                }
                public int Auto { get; } = 3;
                public int Full
                {
                    get => 1;
                }
                interface J
                {
                    void None();
                    int Some() =>
                        1;
                }
                public int this[int i] => i;
                C() : this(1) { }
            }
            """;

        string[] methods = [.. MethodScan.Of(new SourceFile("a.cs", Text))
            .Select(method => $"{method.Name} {method.FirstLine}-{method.LastLine}")];

        Assert.Equal(
            ["Block<U> 18-21", "Arrow 22-26", "== 27-30", "Auto 31-31", "Full 32-35", "Some 39-40", "this 42-42",
                "this 43-43"],
            methods);
    }

    [Fact]
    public void A_use_is_told_with_its_place_and_a_mention_is_not()
    {
        SourceFile file = new("a/b.cs", "// Thread.Sleep\nx = \"Thread.Sleep\";\nThread.Sleep(1);\n");

        Assert.Equal(["a/b.cs:3: Thread.Sleep"], file.Uses(new Regex(@"Thread\.Sleep")));
        Assert.Equal(["// Thread.Sleep", "x = \"Thread.Sleep\";", "Thread.Sleep(1);", ""], file.Lines);
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
