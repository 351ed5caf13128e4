namespace LagoConsole.Components.Shared;

/// <summary>How finely <see cref="UtcTime"/> shows an instant.</summary>
public enum UtcTimeDetail
{
    Minutes = 0,
    Seconds = 1,
    Day = 2,
}
