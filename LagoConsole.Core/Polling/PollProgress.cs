using System.Globalization;

namespace LagoConsole.Core.Polling;

/// <summary>How far a poll has come.</summary>
/// <param name="Done">Buyers that were polled, those that failed too.</param>
/// <param name="Buyers">Buyers in all.</param>
/// <param name="Increments">Growths stored so far.</param>
/// <param name="Failures">Buyers that failed so far.</param>
public sealed record PollProgress(int Done, int Buyers, int Increments, int Failures)
{
    /// <summary>0 to 100, rounded down: 100 is the end.</summary>
    public int Percent => Buyers == 0 ? 100 : (int)(100L * Done / Buyers);

    public string Sentence => string.Create(
        CultureInfo.InvariantCulture, $"{Done:#,##0} of {Buyers:#,##0} buyers · {Increments:#,##0} increments · {Failures:#,##0} failed");
}
