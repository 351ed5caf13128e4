using LagoConsole.Core.Buyers;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.Integrations;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Polling;
using LagoConsole.Core.Products;
using LagoConsole.Core.Reporting;

namespace LagoConsole.Tests.Integrations;

/// <summary>Rows of one integration with usage, small enough to do the sums: what the tests of Delete start from.</summary>
internal sealed class IntegrationBooks(LagoConsoleDbContext db)
{
    public static readonly DateTimeOffset Noon = new(2026, 3, 10, 12, 0, 0, TimeSpan.Zero);

    public Integration AddIntegration(string name, string cipher = "cipher", LagoRegion region = LagoRegion.Us)
    {
        Integration integration = new()
        {
            Id = Guid.NewGuid(),
            Name = name,
            Region = region,
            BaseUrl = "https://api.getlago.com/api/v1",
            ApiKeyCipher = cipher,
            ApiKeyLastFour = "7f3a",
            BillingMode = BillingMode.AmountHourly,
            Status = IntegrationStatus.Verified,
            AutoReport = true,
            CreatedAt = Noon,
        };
        db.Integrations.Add(integration);
        return integration;
    }

    public Buyer AddBuyer(string name, Integration integration, string customerId)
    {
        Buyer buyer = new() { Id = Guid.NewGuid(), Name = name, CreatedAt = Noon };
        db.Buyers.Add(buyer);
        db.BuyerLinks.Add(new BuyerLink
        {
            Id = Guid.NewGuid(),
            BuyerId = buyer.Id,
            IntegrationId = integration.Id,
            LagoCustomerId = customerId,
            CustomerLagoId = "lago-" + customerId,
            LinkedAt = Noon,
            LinkedBy = "olga",
        });
        return buyer;
    }

    /// <summary>A meter of an AWS entitlement of its own.</summary>
    public Meter AddMeter(Buyer buyer, string dimensionKey)
    {
        Product product = new() { Id = Guid.NewGuid(), Name = $"Product for {buyer.Name} {dimensionKey}", Marketplace = Marketplace.Aws, AwsRegion = "us-east-1", AwsProductCode = "prod", CreatedAt = Noon };
        Dimension dimension = new() { Id = Guid.NewGuid(), ProductId = product.Id, Key = dimensionKey, Name = dimensionKey, Currency = "USD", CreatedAt = Noon };
        string identity = MarketplaceIdentity.Aws("us-east-1", "123456789012", $"arn:{product.Id:N}", null);
        Entitlement entitlement = new()
        {
            Id = Guid.NewGuid(),
            BuyerId = buyer.Id,
            ProductId = product.Id,
            Marketplace = Marketplace.Aws,
            Identity = identity,
            State = EntitlementState.Active,
            StartsAt = Noon.AddDays(-30),
            CreatedAt = Noon,
        };
        Meter meter = new()
        {
            Id = Guid.NewGuid(),
            EntitlementId = entitlement.Id,
            DimensionId = dimension.Id,
            Marketplace = Marketplace.Aws,
            Identity = identity,
            DimensionKey = dimensionKey,
            Currency = "USD",
        };
        db.AddRange(product, dimension, entitlement, meter);
        return meter;
    }

    /// <summary>Growth of one metric, seen and stored; on a meter, or waiting.</summary>
    public UsageIncrement AddIncrement(
        Integration integration, Buyer buyer, string metricCode, long amountMinor, Meter? meter, WaitReason? waits = null, string currency = "USD")
    {
        BillingPeriod period = new()
        {
            Id = Guid.NewGuid(),
            IntegrationId = integration.Id,
            BuyerId = buyer.Id,
            SubscriptionLagoId = Guid.NewGuid().ToString(),
            SubscriptionExternalId = "sub",
            LagoCustomerId = "cust",
            PeriodStart = Noon.AddDays(-9),
            PeriodEnd = Noon.AddDays(20),
            Currency = currency,
        };
        HighWaterMark mark = new()
        {
            Id = Guid.NewGuid(),
            PeriodId = period.Id,
            MetricCode = metricCode,
            Currency = currency,
            BaselineMinor = 0,
            AmountMinor = amountMinor,
            LastTotalMinor = amountMinor,
            FirstSeenAt = Noon,
            LastTotalAt = Noon,
            LastCharges = [],
        };
        UsageIncrement increment = new()
        {
            Id = Guid.NewGuid(),
            MarkId = mark.Id,
            IntegrationId = integration.Id,
            BuyerId = buyer.Id,
            MetricCode = metricCode,
            Currency = currency,
            FromMinor = 0,
            ToMinor = amountMinor,
            AmountMinor = amountMinor,
            SeenAt = Noon,
            Source = SnapshotSource.Poll,
            OpenMinor = amountMinor,
            IsOpen = true,
            MeterId = meter?.Id,
            MeterSequence = meter is null ? null : ++meter.IncrementCount,
            WaitReason = waits,
            WaitingSince = waits is null ? null : Noon,
        };
        if (meter is not null)
        {
            meter.AccruedMinor += amountMinor;
        }

        db.AddRange(period, mark, increment);
        db.UsageSnapshots.Add(new UsageSnapshot
        {
            PeriodId = period.Id,
            MetricCode = metricCode,
            TotalMinor = amountMinor,
            Currency = currency,
            TakenAt = Noon,
            Source = SnapshotSource.Poll,
            Charges = [new ChargeAmount("charge", "standard", amountMinor)],
        });
        return increment;
    }

    /// <summary>Puts a part of an increment on a usage record of one unit.</summary>
    public UsageRecord AddRecord(Meter meter, UsageIncrement increment, decimal amountMinor, UsageRecordState state)
    {
        UsageRecord record = new()
        {
            Id = Guid.NewGuid(),
            MeterId = meter.Id,
            EntitlementId = meter.EntitlementId,
            IntegrationId = increment.IntegrationId,
            Marketplace = Marketplace.Aws,
            DimensionKey = meter.DimensionKey,
            SlotHour = Noon.AddHours(-db.ChangeTracker.Entries<UsageRecord>().Count()),
            Timestamp = Noon,
            Quantity = 1,
            UnitPriceMinor = amountMinor,
            Currency = "USD",
            BatchKey = "batch",
            Payload = "{}",
            PayloadSha256 = "",
            RemainderBeforeMinor = 0,
            OpenBeforeMinor = increment.OpenMinor,
            RemainderAfterMinor = increment.OpenMinor - amountMinor,
            CreatedAt = Noon,
            Deadline = Noon.AddHours(6),
            State = state,
        };
        db.UsageRecords.Add(record);
        db.RecordLinks.Add(new RecordLink { RecordId = record.Id, IncrementId = increment.Id, AmountMinor = amountMinor });
        if (state != UsageRecordState.Void)
        {
            increment.OpenMinor -= amountMinor;
            increment.IsOpen = increment.OpenMinor > 0;
            meter.AllocatedMinor += amountMinor;
        }

        return record;
    }
}
