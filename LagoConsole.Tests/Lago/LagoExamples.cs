using System.Text.Json;

namespace LagoConsole.Tests.Lago;

/// <summary>Answers as Lago gives them, all fields kept: one customer from June to September 2026, in EUR, and one in JPY.</summary>
/// <remarks>
/// The prices behind them: 0.02 a call up to 10 000 calls and 0.015 for all calls beyond; 5.00 for each 1 000 calls begun after
/// 500 free ones, on the same metric; 0.50 a GB; 20.00 a seat.
/// </remarks>
internal static class LagoExamples
{
    private static readonly JsonElement _all = Read();

    public static string Get(string name) => _all.GetProperty(name).GetRawText();

    private static JsonElement Read()
    {
        using Stream stream = typeof(LagoExamples).Assembly.GetManifestResourceStream("lago-examples.json")!;
        return JsonDocument.Parse(stream).RootElement.Clone();
    }
}
