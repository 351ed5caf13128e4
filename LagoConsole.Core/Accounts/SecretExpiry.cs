using System.Globalization;

namespace LagoConsole.Core.Accounts;

/// <summary>How near the end of a secret is.</summary>
public enum ExpiryState
{
    /// <summary>Not within 30 days, or not known.</summary>
    Fine = 1,

    /// <summary>Within 30 days.</summary>
    Soon = 2,

    /// <summary>Within 7 days.</summary>
    Urgent = 3,

    /// <summary>Now or past.</summary>
    Expired = 4,
}

/// <summary>Tells when a secret must be replaced, before it stops the money. Pure.</summary>
public static class SecretExpiry
{
    private static readonly TimeSpan Soon = TimeSpan.FromDays(30);
    private static readonly TimeSpan Urgent = TimeSpan.FromDays(7);

    /// <param name="expiresAt">Null where it is not known or never comes.</param>
    public static ExpiryState Of(DateTimeOffset? expiresAt, DateTimeOffset now) => (expiresAt - now) switch
    {
        null => ExpiryState.Fine,
        { } left when left <= TimeSpan.Zero => ExpiryState.Expired,
        { } left when left <= Urgent => ExpiryState.Urgent,
        { } left when left <= Soon => ExpiryState.Soon,
        _ => ExpiryState.Fine,
    };

    /// <summary>What it means for the money and what to do; null while nothing is to be done.</summary>
    public static string? Sentence(string accountName, DateTimeOffset? expiresAt, DateTimeOffset now)
    {
        string on = expiresAt?.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture) ?? "";
        return Of(expiresAt, now) switch
        {
            ExpiryState.Expired => $"The secret of {accountName} expired on {on}. Its products' records can no longer be sent: they wait, and what misses "
                + "its marketplace's deadline needs a person. Make a new secret at the marketplace and enter it with Edit.",
            ExpiryState.Urgent or ExpiryState.Soon => $"The secret of {accountName} expires on {on}, {Left(expiresAt!.Value - now)}. After that its products' records "
                + "cannot be sent. Make a new secret at the marketplace and enter it with Edit; the present one stays in use until the new one is verified.",
            _ => null,
        };
    }

    /// <summary>Whole days, rounded down: a secret never lasts longer than is said.</summary>
    private static string Left(TimeSpan left) => left.Days switch
    {
        0 => "in less than a day",
        1 => "in 1 day",
        int days => string.Create(CultureInfo.InvariantCulture, $"in {days} days"),
    };
}
