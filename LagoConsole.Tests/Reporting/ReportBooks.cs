using LagoConsole.Core.Buyers;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Polling;
using LagoConsole.Core.Products;
using LagoConsole.Core.Reporting;
using Microsoft.EntityFrameworkCore;

namespace LagoConsole.Tests.Reporting;

/// <summary>
/// The books of one buyer on one morning, small enough to do the sums. One dollar a unit; totals of <c>api_calls</c> in
/// cents, above a baseline of 50:
/// <code>
/// 10:05 total 300   mark 50 → 300   growth 250   record 1 (hour 09):  250 open ÷ 100 = 2, 50 left     billed
/// 11:05 total 330   mark 300 → 330  growth  30   80 open: less than a unit
/// 12:05 total 310   below the mark: nothing
/// 13:05 total 420   mark 330 → 420  growth  90   record 2 (hour 12):  50 + 120 = 170 open ÷ 100 = 1, 70 left   unknown
/// </code>
/// and of <c>storage</c>: 40 at 10:05, which waits for a conversion, and 25 at 13:05, 15 below its mark.
/// </summary>
internal sealed class ReportBooks
{
    private const string Licence = "arn:aws:license-manager::111111111111:license:l-1";
    private readonly LagoConsoleDbContext _db;
    private readonly Entitlement _entitlement;
    private readonly Meter _meter;

    private ReportBooks(LagoConsoleDbContext db)
    {
        _db = db;
        Buyer = new Buyer { Id = Guid.NewGuid(), Name = "Acme Corp", CreatedAt = At(0) };
        Product product = new() { Id = Guid.NewGuid(), Name = "Vendor Platform", Marketplace = Marketplace.Aws, AwsRegion = "us-east-1", CreatedAt = At(0) };
        Dimension dimension = new() { Id = Guid.NewGuid(), ProductId = product.Id, Key = "usage_fee", Name = "Usage", Currency = "USD", CreatedAt = At(0) };
        _entitlement = new Entitlement
        {
            Id = Guid.NewGuid(),
            BuyerId = Buyer.Id,
            ProductId = product.Id,
            Marketplace = Marketplace.Aws,
            Identity = MarketplaceIdentity.Aws("us-east-1", "222222222222", Licence, null),
            AwsAccountId = "222222222222",
            AwsLicenseArn = Licence,
            State = EntitlementState.Active,
            StartsAt = At(0),
            CreatedAt = At(0),
        };
        _meter = new Meter
        {
            Id = Guid.NewGuid(),
            EntitlementId = _entitlement.Id,
            DimensionId = dimension.Id,
            Marketplace = Marketplace.Aws,
            Identity = _entitlement.Identity,
            DimensionKey = "usage_fee",
            Currency = "USD",
        };
        BillingPeriod period = new()
        {
            Id = Guid.NewGuid(),
            IntegrationId = Guid.NewGuid(),
            BuyerId = Buyer.Id,
            SubscriptionLagoId = Guid.NewGuid().ToString(),
            SubscriptionExternalId = "sub-acme",
            LagoCustomerId = "acme",
            PeriodStart = new DateTimeOffset(2026, 8, 1, 0, 0, 0, TimeSpan.Zero),
            PeriodEnd = new DateTimeOffset(2026, 9, 1, 0, 0, 0, TimeSpan.Zero),
            Currency = "USD",
        };
        Calls = Mark(period, "api_calls", baseline: 50, amount: 420, last: 420);
        Storage = Mark(period, "storage", baseline: 0, amount: 40, last: 25);
        db.AddRange(Buyer, product, dimension, _entitlement, _meter, period, Calls, Storage);

        Snapshot(Calls, 10, 300);
        Snapshot(Calls, 11, 330);
        Snapshot(Calls, 12, 310);
        Snapshot(Calls, 13, 420);
        Snapshot(Storage, 10, 40);
        Snapshot(Storage, 13, 25);

        FirstGroup = Group(9);
        SecondGroup = Group(10);
        ThirdGroup = Group(12);
        First = Increment(Calls, 10, from: 50, to: 300, open: 0, FirstGroup);
        Second = Increment(Calls, 11, from: 300, to: 330, open: 0, SecondGroup);
        Third = Increment(Calls, 13, from: 330, to: 420, open: 70, ThirdGroup);
        Waiting = Increment(Storage, 10, from: 0, to: 40, open: 40, group: null, waits: WaitReason.NoConversion);

        Billed = Record(9, quantity: 2, before: 0, open: 250, after: 50, UsageRecordState.Accepted, (First, 200));
        Billed.ProviderRecordId = "3d1f0a52";
        Unknown = Record(12, quantity: 1, before: 50, open: 170, after: 70, UsageRecordState.Unknown, (First, 50), (Second, 30), (Third, 20));
        Unknown.HadUnknownAttempt = true;
        Unknown.ErrorMessage = "The connection broke before an answer came.";
        _db.Attempts.Add(new Attempt
        {
            Id = Guid.NewGuid(),
            RecordId = Unknown.Id,
            Number = 1,
            CallId = Guid.NewGuid(),
            StartedAt = At(13, 6),
            EndedAt = At(13, 7),
            Verdict = "Unknown",
            Request = "POST https://metering.example/ the record",
        });
    }

    public Buyer Buyer { get; }

    public HighWaterMark Calls { get; }

    public HighWaterMark Storage { get; }

    public UsageRecordGroup FirstGroup { get; }

    public UsageRecordGroup SecondGroup { get; }

    public UsageRecordGroup ThirdGroup { get; }

    public UsageIncrement First { get; }

    public UsageIncrement Second { get; }

    public UsageIncrement Third { get; }

    public UsageIncrement Waiting { get; }

    public UsageRecord Billed { get; }

    public UsageRecord Unknown { get; }

    /// <summary>20 August 2026, UTC.</summary>
    public static DateTimeOffset At(int hour, int minute = 0) => new(2026, 8, 20, hour, minute, 0, TimeSpan.Zero);

    /// <param name="more">Changes the books before they are saved.</param>
    public static ReportBooks Write(Support.TestDatabase database, Action<ReportBooks, LagoConsoleDbContext>? more = null)
    {
        using LagoConsoleDbContext db = database.CreateDbContext();
        ReportBooks books = new(db);
        more?.Invoke(books, db);
        db.SaveChanges();
        return books;
    }

    /// <summary>Another buyer of the product, with a meter.</summary>
    public Meter Sell(string buyerName, string dimensionKey)
    {
        Buyer buyer = new() { Id = Guid.NewGuid(), Name = buyerName, CreatedAt = At(0) };
        Entitlement entitlement = new()
        {
            Id = Guid.NewGuid(),
            BuyerId = buyer.Id,
            ProductId = _entitlement.ProductId,
            Marketplace = Marketplace.Aws,
            Identity = MarketplaceIdentity.Aws("us-east-1", $"{buyer.Id}", Licence, null),
            State = EntitlementState.Active,
            StartsAt = At(0),
            CreatedAt = At(0),
        };
        Meter meter = new()
        {
            Id = Guid.NewGuid(),
            EntitlementId = entitlement.Id,
            DimensionId = _meter.DimensionId,
            Marketplace = Marketplace.Aws,
            Identity = entitlement.Identity,
            DimensionKey = dimensionKey,
            Currency = "USD",
        };
        _db.AddRange(buyer, entitlement, meter);
        return meter;
    }

    /// <summary>A billed record of that meter.</summary>
    public UsageRecord RecordOf(Meter meter, int hour, long quantity) =>
        Record(meter, hour, quantity, before: 0, open: 100 * quantity, after: 0, UsageRecordState.Accepted);

    public UsageRecord Record(
        int hour, long quantity, decimal before, decimal open, decimal after, UsageRecordState state, params (UsageIncrement Increment, decimal Amount)[] parts) =>
        Record(_meter, hour, quantity, before, open, after, state, parts);

    private UsageRecord Record(
        Meter meter, int hour, long quantity, decimal before, decimal open, decimal after, UsageRecordState state, params (UsageIncrement Increment, decimal Amount)[] parts)
    {
        UsageRecord record = new()
        {
            Id = Guid.NewGuid(),
            MeterId = meter.Id,
            EntitlementId = meter.EntitlementId,
            IntegrationId = parts.Length > 0 ? parts[0].Increment.IntegrationId : Guid.Empty,
            Marketplace = Marketplace.Aws,
            DimensionKey = meter.DimensionKey,
            SlotHour = At(hour),
            Timestamp = At(hour),
            Quantity = quantity,
            UnitPriceMinor = 100,
            Currency = "USD",
            BatchKey = "aws|us-east-1|11111111111111111111111111111111|licence",
            Payload = $$"""{"Quantity":{{quantity}}}""",
            PayloadSha256 = "e3b0",
            RemainderBeforeMinor = before,
            OpenBeforeMinor = open,
            RemainderAfterMinor = after,
            CreatedAt = At(hour + 1, 6),
            Deadline = At(hour).AddHours(24),
            State = state,
        };
        _db.UsageRecords.Add(record);
        _db.RecordLinks.AddRange(parts.Select(part => new RecordLink { RecordId = record.Id, IncrementId = part.Increment.Id, AmountMinor = part.Amount }));
        return record;
    }

    /// <summary>Growth of <c>api_calls</c> without a look of its own, all of it open on its meter.</summary>
    public UsageIncrement GrowthAt(int hour, long from, long to) => Increment(Calls, hour, from, to, open: to - from, group: null);

    public UsageRecordGroup Group(int hour)
    {
        UsageRecordGroup group = new() { Id = Guid.NewGuid(), EntitlementId = _entitlement.Id, WindowStart = At(hour), WindowEnd = At(hour + 1), CreatedAt = At(hour + 1, 6) };
        _db.UsageRecordGroups.Add(group);
        return group;
    }

    /// <summary>Another buyer's key, of which nothing waits.</summary>
    /// <param name="isNew">The buyer is a new one, even if another one has its name.</param>
    public HighWaterMark Key(string buyerName, string subscription, string metric, int month = 8, bool isNew = false)
    {
        Buyer buyer = (isNew ? null : _db.Buyers.Local.LastOrDefault(local => local.Name == buyerName)) ?? new Buyer { Id = Guid.NewGuid(), Name = buyerName, CreatedAt = At(0) };
        BillingPeriod period = new()
        {
            Id = Guid.NewGuid(),
            IntegrationId = Guid.NewGuid(),
            BuyerId = buyer.Id,
            SubscriptionLagoId = Guid.NewGuid().ToString(),
            SubscriptionExternalId = subscription,
            LagoCustomerId = subscription,
            PeriodStart = new DateTimeOffset(2026, month, 1, 0, 0, 0, TimeSpan.Zero),
            PeriodEnd = new DateTimeOffset(2026, month + 1, 1, 0, 0, 0, TimeSpan.Zero),
            Currency = "USD",
        };
        HighWaterMark mark = Mark(period, metric, baseline: 0, amount: 10, last: 10);
        if (_db.Entry(buyer).State == EntityState.Detached)
        {
            _db.Add(buyer);
        }

        _db.AddRange(period, mark);
        return mark;
    }

    private static HighWaterMark Mark(BillingPeriod period, string metric, long baseline, long amount, long last) => new()
    {
        Id = Guid.NewGuid(),
        PeriodId = period.Id,
        MetricCode = metric,
        Currency = "USD",
        BaselineMinor = baseline,
        AmountMinor = amount,
        LastTotalMinor = last,
        FirstSeenAt = At(13, 5),
        LastTotalAt = At(13, 5),
        LastCharges = [],
    };

    private void Snapshot(HighWaterMark mark, int hour, long total) => _db.UsageSnapshots.Add(new UsageSnapshot
    {
        PeriodId = mark.PeriodId,
        MetricCode = mark.MetricCode,
        TotalMinor = total,
        Currency = "USD",
        TakenAt = At(hour, 5),
        Source = SnapshotSource.Poll,
        Charges = [],
    });

    private UsageIncrement Increment(HighWaterMark mark, int hour, long from, long to, decimal open, UsageRecordGroup? group, WaitReason? waits = null)
    {
        UsageIncrement increment = new()
        {
            Id = Guid.NewGuid(),
            MarkId = mark.Id,
            IntegrationId = Guid.NewGuid(),
            BuyerId = Buyer.Id,
            MetricCode = mark.MetricCode,
            Currency = "USD",
            FromMinor = from,
            ToMinor = to,
            AmountMinor = to - from,
            SeenAt = At(hour, 5),
            Source = SnapshotSource.Poll,
            OpenMinor = open,
            IsOpen = open > 0,
            MeterId = waits is null ? _meter.Id : null,
            MeterSequence = waits is null ? ++_meter.IncrementCount : null,
            WaitReason = waits,
            WaitingSince = waits is null ? null : At(hour, 5),
            GroupId = group?.Id,
        };
        _db.UsageIncrements.Add(increment);
        return increment;
    }
}
