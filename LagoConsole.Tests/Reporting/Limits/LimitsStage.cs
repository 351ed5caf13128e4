using LagoConsole.Core.Persistence;
using LagoConsole.Core.Products;
using LagoConsole.Core.Reporting;
using LagoConsole.Core.Reporting.Limits;
using LagoConsole.Core.Time;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace LagoConsole.Tests.Reporting.Limits;

/// <summary>What the tests of limits and of the pages that show them share.</summary>
internal static class LimitsStage
{
    public static readonly MarketplaceLane Virginia = new(Marketplace.Aws, "us-east-1");
    public static readonly MarketplaceLane Ireland = new(Marketplace.Aws, "eu-west-1");
    public static readonly MarketplaceLane Azure = new(Marketplace.Azure, null);

    public static MeteringAnswer Answered { get; } = Answer(200, new MeteringReceipt.Accepted("id"));

    public static MeteringAnswer Throttled { get; } = Answer(429, new MeteringReceipt.Unknown("throttled"));

    public static MeteringAnswer Failed { get; } = Answer(503, new MeteringReceipt.Unknown("AWS answered 503, which does not tell whether the record was billed."));

    /// <summary>One clock for the console and its network.</summary>
    public static MarketplaceLimits Limits(TimeProvider clock) => new(Options.Create(new ReportingOptions()), clock, new NetworkClock(clock));

    public static Task<MeteringAnswer> CallAsync(this MarketplaceLimits limits, MarketplaceLane lane, MeteringAnswer answer) =>
        limits.CallAsync(lane, _ => Task.FromResult(answer), CancellationToken.None);

    /// <summary>For pages that show marketplaces which do not answer: all do.</summary>
    public static void AddMarketplaces(this IServiceCollection services, IDbContextFactory<LagoConsoleDbContext> database, TimeProvider clock) =>
        services.AddSingleton(new MarketplaceHealth(Limits(clock), database, clock));

    private static MeteringAnswer Answer(int status, MeteringReceipt receipt) =>
        new([new MeteringAnswerItem(Guid.Empty, receipt, "POST", null)], RefusedWhole: false, status, RequestId: null);
}
