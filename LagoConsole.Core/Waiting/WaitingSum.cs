using System.Globalization;

namespace LagoConsole.Core.Waiting;

/// <summary>Adds up waiting increments in code: SQLite would add decimals as floating point (R1).</summary>
internal sealed class WaitingSum
{
    private DateTimeOffset _lastSeen = DateTimeOffset.MinValue;

    public decimal Minor { get; private set; }

    public int Count { get; private set; }

    public DateTimeOffset Since { get; private set; } = DateTimeOffset.MaxValue;

    /// <summary>Equal as long as the same amount waits in as many increments, and none was seen since.</summary>
    public string Stamp => string.Create(CultureInfo.InvariantCulture, $"{Count} {Minor:0.######} {_lastSeen.UtcTicks}");

    public void Add(decimal openMinor, DateTimeOffset since, DateTimeOffset seenAt)
    {
        Minor += openMinor;
        Count++;
        Since = since < Since ? since : Since;
        _lastSeen = seenAt > _lastSeen ? seenAt : _lastSeen;
    }
}
