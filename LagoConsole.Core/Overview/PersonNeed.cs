using LagoConsole.Core.HighWater;
using LagoConsole.Core.Money;
using LagoConsole.Core.Reporting;

namespace LagoConsole.Core.Overview;

/// <summary>Something that does not go on without a person: a closed set, each with its place in the console.</summary>
public abstract record PersonNeed(CurrencyAmount? Money, DateTimeOffset? Deadline)
{
    /// <summary>Lago refused the key or the address: nothing of it is polled.</summary>
    public sealed record NotVerified(string IntegrationName, string? Detail) : PersonNeed(null, null);

    /// <summary>Connected and never verified: nothing of it is polled.</summary>
    public sealed record NeverVerified(string IntegrationName) : PersonNeed(null, null);

    /// <summary>A job failed, as often in a row.</summary>
    public sealed record JobFails(string Title, int Times) : PersonNeed(null, null);

    /// <summary>The last check found that the books do not balance.</summary>
    public sealed record BooksWrong(int Failures) : PersonNeed(null, null);

    /// <summary>Records of one purchase.</summary>
    /// <param name="RecordId">Where it is one.</param>
    public sealed record Records(string BuyerName, UsageRecordState State, int Count, Guid? RecordId, CurrencyAmount Sum, DateTimeOffset? Until)
        : PersonNeed(Sum, Until);

    /// <summary>Growth of one buyer that waits for one reason.</summary>
    public sealed record Waits(string BuyerName, WaitReason Reason, CurrencyAmount Sum, DateTimeOffset? Until) : PersonNeed(Sum, Until);

    /// <summary>Growth of one buyer that is held for one reason.</summary>
    public sealed record Held(string BuyerName, HoldReason Reason, CurrencyAmount Sum, DateTimeOffset? Until) : PersonNeed(Sum, Until);

    /// <summary>Periods that ended long ago without a final total.</summary>
    public sealed record LateClosings(int Count) : PersonNeed(null, null);

    /// <summary>A marketplace told of purchases, and it could not be carried out.</summary>
    public sealed record Notices(int Count) : PersonNeed(null, null);
}

/// <summary>What is done first. Pure.</summary>
public static class PersonNeeds
{
    /// <summary>A deadline as near as this comes before larger amounts.</summary>
    public static readonly TimeSpan Urgent = TimeSpan.FromHours(24);

    /// <summary>
    /// What stops everything first; then what runs out within <see cref="Urgent"/>, the nearest first; then by money, in whole
    /// units of its currency (currencies are not exchanged), and among equals by the nearer deadline; then the rest.
    /// </summary>
    public static IReadOnlyList<PersonNeed> Order(IEnumerable<PersonNeed> needs, DateTimeOffset now) =>
    [
        .. needs
            .OrderBy(need => Rank(need, now))
            .ThenBy(need => IsUrgent(need, now) ? need.Deadline!.Value : DateTimeOffset.MaxValue)
            .ThenByDescending(need => need.Money is null ? 0 : InWholeUnits(need.Money))
            .ThenBy(need => need.Deadline ?? DateTimeOffset.MaxValue),
    ];

    public static bool IsUrgent(PersonNeed need, DateTimeOffset now) => need.Deadline is { } deadline && deadline - now < Urgent;

    private static int Rank(PersonNeed need, DateTimeOffset now) => need switch
    {
        PersonNeed.NotVerified or PersonNeed.BooksWrong => 1,
        _ when IsUrgent(need, now) => 2,
        { Money: not null } => 3,
        _ => 4,
    };

    private static decimal InWholeUnits(CurrencyAmount money) =>
        Currencies.TryGet(money.Currency, out Currency? known) ? money.Minor / known.MinorPerMajor : money.Minor;
}
