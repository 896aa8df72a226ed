// The page of a night: one HTML file that needs nothing else.
namespace MmFuzz.Reports.Night;

/// <summary>Writes the page.</summary>
public static class NightPage
{
    /// <summary>The page.</summary>
    public static string Of(NightReport report) => "<!doctype html>" + report.Head.Commit;
}
