namespace LagoConsole.Core.Overview;

/// <summary>A stretch of time that is added up as one; excludes its end.</summary>
public sealed record TimeRange(DateTimeOffset From, DateTimeOffset Until)
{
    public bool Contains(DateTimeOffset instant) => instant >= From && instant < Until;
}
