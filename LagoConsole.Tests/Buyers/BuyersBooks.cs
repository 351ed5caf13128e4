using LagoConsole.Core.Buyers;
using LagoConsole.Core.Conversion;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.Integrations;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Polling;
using LagoConsole.Core.Products;
using LagoConsole.Core.Reporting;
using LagoConsole.Core.Security;
using LagoConsole.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;

namespace LagoConsole.Tests.Buyers;

/// <summary>The services of buyers and products on a database of its own, at noon and a bit; people enter things through them.</summary>
internal sealed class BuyersBooks : IDisposable
{
    public static readonly DateTimeOffset Now = new(2026, 3, 10, 12, 20, 0, TimeSpan.Zero);
    public static readonly Actor Olga = new("olga@vendor.example", Role.Operator);
    public static readonly Actor Vera = new("vera@vendor.example", Role.Viewer);
    public const string Arn = "arn:aws:license-manager::294406891311:license:l-ecbb7ad35ee0443d9f8bc6a6b2b5f3a1";

    public TestDatabase Database { get; } = new();

    public FakeTimeProvider Clock { get; } = new(Now);

    public ProductService Products => new(Database, Clock);

    public ConversionService Conversions => new(Database, Clock);

    public BuyerService Buyers => new(Database, Clock);

    public EntitlementService Entitlements => new(Database, Clock);

    public BuyerQueries BuyerQueries => new(Database);

    public ProductQueries ProductQueries => new(Database, Clock);

    public void Dispose() => Database.Dispose();

    public async Task<Guid> ProductAsync(string name = "Acme API", string? productCode = null) => Saved(await Products.CreateAsync(
        Olga, new NewProduct { Name = name, AwsRegion = "us-east-1", AwsProductCode = productCode }, default));

    public async Task<Guid> DimensionAsync(Guid productId, string key = "requests", string unitPrice = "0.01", string currency = "USD") =>
        Saved(await Products.AddDimensionAsync(
            Olga, new NewDimension { ProductId = productId, Key = key, Name = key, Currency = currency, UnitPrice = unitPrice }, default));

    public async Task<Guid> BuyerAsync(string name = "Globex", string? email = null) =>
        Saved(await Buyers.CreateAsync(Olga, new NewBuyer { Name = name, Email = email }, default));

    public async Task<Guid> EntitlementAsync(Guid buyerId, Guid productId, string accountId = "123456789012", string? arn = Arn, DateTimeOffset? startsAt = null) =>
        Saved(await Entitlements.CreateAsync(
            Olga, new NewEntitlement { BuyerId = buyerId, ProductId = productId, AwsAccountId = accountId, AwsLicenseArn = arn, StartsAt = startsAt }, default));

    /// <summary>A key of a period of the buyer, as polls leave it.</summary>
    public async Task<Guid> MarkAsync(Guid buyerId, string metricCode, string currency, long totalMinor = 1_250)
    {
        await using LagoConsoleDbContext db = Database.CreateDbContext();
        BillingPeriod period = new()
        {
            Id = Guid.NewGuid(),
            IntegrationId = Guid.NewGuid(),
            BuyerId = buyerId,
            SubscriptionLagoId = Guid.NewGuid().ToString("N"),
            SubscriptionExternalId = "sub",
            LagoCustomerId = "cust",
            PeriodStart = Now.AddDays(-9),
            PeriodEnd = Now.AddDays(21),
            Currency = currency,
        };
        HighWaterMark mark = new()
        {
            Id = Guid.NewGuid(),
            PeriodId = period.Id,
            MetricCode = metricCode,
            Currency = currency,
            BaselineMinor = 0,
            AmountMinor = totalMinor,
            LastTotalMinor = totalMinor,
            FirstSeenAt = Now,
            LastTotalAt = Now,
            LastCharges = [],
        };
        db.AddRange(period, mark);
        await db.SaveChangesAsync();
        return mark.Id;
    }

    public async Task WaitingAsync(Guid buyerId, Guid markId, string metricCode, string currency, long from, long amount, WaitReason reason)
    {
        await using LagoConsoleDbContext db = Database.CreateDbContext();
        db.Add(new UsageIncrement
        {
            Id = Guid.NewGuid(),
            MarkId = markId,
            IntegrationId = Guid.NewGuid(),
            BuyerId = buyerId,
            MetricCode = metricCode,
            Currency = currency,
            FromMinor = from,
            ToMinor = from + amount,
            AmountMinor = amount,
            SeenAt = Now,
            Source = SnapshotSource.Poll,
            WaitReason = reason,
            WaitingSince = Now.AddMinutes(from),
            OpenMinor = amount,
            IsOpen = true,
        });
        await db.SaveChangesAsync();
    }

    /// <summary>Usage that was billed for an hour.</summary>
    public async Task BilledAsync(Guid entitlementId, Guid dimensionId, DateTimeOffset slotHour, UsageRecordState state = UsageRecordState.Accepted)
    {
        await using LagoConsoleDbContext db = Database.CreateDbContext();
        Meter meter = new()
        {
            Id = Guid.NewGuid(),
            EntitlementId = entitlementId,
            DimensionId = dimensionId,
            Marketplace = Marketplace.Aws,
            Identity = entitlementId.ToString(),
            DimensionKey = "requests",
            Currency = "USD",
            LastSlotHour = slotHour,
        };
        db.AddRange(meter, new UsageRecord
        {
            Id = Guid.NewGuid(),
            MeterId = meter.Id,
            EntitlementId = entitlementId,
            IntegrationId = Guid.Empty,
            Marketplace = Marketplace.Aws,
            DimensionKey = "requests",
            SlotHour = slotHour,
            Timestamp = slotHour,
            Quantity = 5,
            UnitPriceMinor = 1,
            Currency = "USD",
            BatchKey = "b",
            Payload = "{}",
            PayloadSha256 = "0",
            RemainderBeforeMinor = 0,
            OpenBeforeMinor = 5,
            RemainderAfterMinor = 0,
            CreatedAt = Now,
            Deadline = slotHour.AddDays(1),
            State = state,
        });
        await db.SaveChangesAsync();
    }

    public async Task<Guid> IntegrationAsync(string name = "Acme Lago", Guid? linkedBuyerId = null, string lagoCustomerId = "globex")
    {
        await using LagoConsoleDbContext db = Database.CreateDbContext();
        Integration integration = new()
        {
            Id = Guid.NewGuid(),
            Name = name,
            Region = LagoRegion.Us,
            BaseUrl = "https://api.getlago.com/api/v1",
            ApiKeyCipher = "cipher",
            ApiKeyLastFour = "7f3a",
            BillingMode = BillingMode.AmountHourly,
            Status = IntegrationStatus.Verified,
            CreatedAt = Now,
        };
        db.Add(integration);
        if (linkedBuyerId is { } buyerId)
        {
            db.Add(new BuyerLink
            {
                Id = Guid.NewGuid(),
                BuyerId = buyerId,
                IntegrationId = integration.Id,
                LagoCustomerId = lagoCustomerId,
                CustomerLagoId = "lago-1",
                LinkedAt = Now,
                LinkedBy = Olga.Name,
            });
        }

        await db.SaveChangesAsync();
        return integration.Id;
    }

    public async Task<List<string>> AuditAsync()
    {
        await using LagoConsoleDbContext db = Database.CreateDbContext();
        return await db.AuditEntries.OrderBy(entry => entry.Id).Select(entry => $"{entry.Actor}: {entry.Action}").ToListAsync();
    }

    public static Guid Saved(ProductOutcome outcome) => outcome is ProductOutcome.Saved saved ? saved.Id : throw new InvalidOperationException(Text(outcome));

    public static Guid Saved(BuyerOutcome outcome) => outcome is BuyerOutcome.Saved saved ? saved.Id : throw new InvalidOperationException(Text(outcome));

    private static string Text(object outcome) => outcome switch
    {
        ProductOutcome.Refused refused => string.Join(' ', refused.Problems.Values),
        BuyerOutcome.Refused refused => string.Join(' ', refused.Problems.Values),
        _ => outcome.ToString()!,
    };
}
