namespace LagoConsole.Core.Time;

/// <summary>Ids of new rows: version 7, so that rows made later sort later, and by chance among those of one millisecond.</summary>
public static class NewId
{
    /// <param name="now">From the injected clock.</param>
    public static Guid At(DateTimeOffset now) => Chance.Seeded is { } seeded ? seeded.Id(now) : Guid.CreateVersion7(now);
}
