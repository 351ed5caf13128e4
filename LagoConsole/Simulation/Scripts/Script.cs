using System.Globalization;
using LagoConsole.Core.Integrations;
using LagoConsole.Core.Reporting;
using LagoConsole.Sandbox;
using LagoConsole.Sandbox.Lago;
using LagoConsole.Simulation.Engines;
using LagoConsole.Simulation.Markets;
using LagoConsole.Simulation.Threads;

namespace LagoConsole.Simulation.Scripts;

/// <summary>Who is in a world, how it begins, and the usage that comes all the while.</summary>
internal sealed class Script
{
    public const string Currency = "USD";

    private readonly World _world;
    private readonly Dice _dice;
    private readonly Director _director;
    private long _changes;
    private long _uses;
    private int _events;

    public Script(World world, long seed)
    {
        _world = world;
        _dice = new Dice(seed, "script");
        _director = new Director(world, this, new Dice(seed, "director"));
        Products = [.. Enumerable.Range(1, _dice.Between(1, 3)).Select(Product)];
        Buyers = [.. Enumerable.Range(1, _dice.Between(3, 8)).Select(Buyer)];
    }

    /// <summary>Nothing but the console writes the products' usage, and the person has confirmed it.</summary>
    public bool IsSoleWriter { get; private set; }

    public IReadOnlyList<ProductRole> Products { get; }

    public IReadOnlyList<BuyerRole> Buyers { get; }

    public IEnumerable<SubscriptionRole> Active => Buyers.SelectMany(buyer => buyer.Subscriptions).Where(subscription => subscription.IsActive);

    private SandboxWorld Services => _world.Services;

    private VirtualClock Clock => _world.Clock;

    /// <summary>Furnishes Lago and the marketplaces, and lets things happen from now on.</summary>
    public void Begin()
    {
        Do(now => new LagoApiKeyAdded(now, SandboxKeys.LagoApiKey, Resources: null));
        foreach (LagoMetric metric in Metrics.All)
        {
            Do(now => new LagoMetricSaved(now, metric));
        }

        foreach (ProductRole product in Products)
        {
            product.Market.List(product);
        }

        foreach (BuyerRole buyer in Buyers)
        {
            buyer.Purchase(Clock.Now.AddDays(-40));
            Do(now => new LagoCustomerAdded(now, new LagoCustomer(
                buyer.Customer, buyer.Name, _dice.OnceIn(3) ? _dice.Of(["Europe/Paris", "America/New_York", "Asia/Tokyo"]) : null, Currency,
                _dice.OnceIn(3) ? _dice.Between(1, 3) : null)));
            int subscriptions = _dice.Between(1, 2);
            for (int number = 1; number <= subscriptions; number++)
            {
                Subscribe(buyer);
            }
        }

        BillingMode mode = _dice.OnceIn(3) ? BillingMode.AmountDaily : BillingMode.AmountHourly;
        IsSoleWriter = _dice.OnceIn(2);
        Services.Aws.IdenticalIsDuplicate = _dice.OnceIn(2);
        Services.Azure.WritesZones = _dice.OnceIn(2);
        Services.Azure.ReadsLag = _dice.Of([TimeSpan.Zero, TimeSpan.FromMinutes(10), TimeSpan.FromHours(5), TimeSpan.FromHours(20)]);
        _world.Story.Tell(
            "worlds", $"{Buyers.Count} buyers of products at {string.Join(", ", Products.Select(product => product.Market.Service))}, {_world.Engines.Count} engines, {mode}, "
            + $"{(IsSoleWriter ? "sole writer" : "not sole writer")}, identical repeats at AWS are {(Services.Aws.IdenticalIsDuplicate ? "duplicates" : "successes")}, {_world.Weather.Permille} of 1000 calls meet a fault");
        _world.Person.SetUp(mode, IsSoleWriter, () =>
        {
            _world.Jobs.Begin();
            UseNext();
            _director.Begin();
        });
    }

    /// <summary>Does something in Lago.</summary>
    public void Do(Func<DateTimeOffset, LagoEntry> entry)
    {
        _changes++;
        Services.Lago.Do(entry);
    }

    /// <summary>Another number than before as soon as Lago would answer something else.</summary>
    public long LagoChanges() => unchecked(_uses + LagoChangesBesideUse());

    /// <summary>The same, but for use in the running periods: that is nothing to a closing.</summary>
    public long LagoChangesBesideUse() => Services.Lago.Read(state => unchecked(
        _changes + (1_000_003L * state.Invoices.Count) + (10_000_019L * state.Invoices.Count(invoice => invoice.IsFinal))
        + state.Subscriptions.Where(subscription => subscription.Status == LagoSubscriptionStatus.Active)
            .Aggregate(0L, (sum, subscription) => sum + state.CurrentPeriod(subscription).From.UtcTicks)));

    /// <summary>Whether a billing period ends before that moment.</summary>
    public bool EndsPeriodBefore(DateTimeOffset moment) => Services.Lago.Read(state => state.Subscriptions
        .Any(subscription => subscription.Status == LagoSubscriptionStatus.Active && state.CurrentPeriod(subscription).End <= moment));

    /// <summary>A buyer takes out another subscription in Lago, from now on.</summary>
    public SubscriptionRole Subscribe(BuyerRole buyer)
    {
        string externalId = $"sub-{buyer.Number}-{buyer.Subscriptions.Count + 1}";
        LagoPlan plan = Plan(externalId);
        Do(now => new LagoSubscriptionAdded(now, buyer.Customer, externalId, plan.Code, _dice.OnceIn(3) ? LagoBillingTime.Anniversary : LagoBillingTime.Calendar, now, InvoicePast: false));
        SubscriptionRole role = new(buyer, externalId, plan);
        buyer.Subscriptions.Add(role);
        return role;
    }

    /// <summary>A new plan, saved in Lago.</summary>
    public LagoPlan Plan(string purpose)
    {
        List<LagoCharge> charges = [];
        foreach (LagoMetric metric in Metrics.All.Where(_ => !_dice.OnceIn(3)).DefaultIfEmpty(Metrics.All[0]))
        {
            charges.Add(Metrics.Charge(_dice, metric.Code, $"{metric.Code}-1"));
            if (_dice.OnceIn(6))
            {
                charges.Add(Metrics.Charge(_dice, metric.Code, $"{metric.Code}-2")); // two charges of one metric are one total (T2)
            }
        }

        string code = string.Create(CultureInfo.InvariantCulture, $"plan-{purpose}-{_changes}");
        LagoPlan plan = new(code, code, Currency, 5_000, _dice.OnceIn(2) ? LagoInterval.Weekly : LagoInterval.Monthly, PayInAdvance: _dice.OnceIn(4), charges);
        Do(now => new LagoPlanSaved(now, plan));
        return plan;
    }

    /// <summary>A purchase ends at the marketplace.</summary>
    public void End(PurchaseRole purchase, DateTimeOffset endsAt)
    {
        purchase.Market.End(purchase, endsAt);
        _world.Story.Tell("purchases that end", $"the purchase {purchase.Name} of {purchase.Buyer.Name} ends at {endsAt:u}");
    }

    /// <summary>Something that is not this console writes usage of a purchase in the hour that is running.</summary>
    public void WriteForeign(PurchaseRole purchase, string dimension)
    {
        if (purchase.Market.WriteForeign(purchase, dimension, Clock.Now) is { } hour)
        {
            _world.Story.Tell("foreign records", $"something else wrote {dimension} of {purchase.Name} for {hour:u}");
        }
    }

    /// <summary>Whether a record met one that something else had written.</summary>
    public bool IsForeign(UsageRecord record) =>
        Buyers.SelectMany(buyer => buyer.Purchases).First(purchase => purchase.EntitlementId == record.EntitlementId) is { } purchase
        && purchase.Market.IsForeign(purchase, record.DimensionKey, record.SlotHour);

    /// <summary>One event of a subscription.</summary>
    public void Use(SubscriptionRole role, DateTimeOffset? at = null)
    {
        LagoMetric metric = Metrics.Of(_dice.Of(role.Plan.Charges).MetricCode);
        LagoEvent line = NewEvent(role, metric.Code, at ?? Clock.Now);
        Send(metric.Aggregation switch
        {
            LagoAggregation.Count => line with { Repeats = _dice.Between(1, 400) },
            LagoAggregation.Sum => line with { Value = _dice.OnceIn(6) ? -_dice.Between(1, 40) : _dice.Between(1, 4000) / 16m },
            LagoAggregation.UniqueCount => Seat(role, line),
            LagoAggregation.WeightedSum => line with { Value = _dice.OnceIn(4) ? -_dice.Between(1, 3) : _dice.Between(1, 20) },
            _ => line with { Value = _dice.Between(1, 400) },
        });
        _world.Story.Count("usage events");
    }

    public LagoEvent NewEvent(SubscriptionRole role, string metricCode, DateTimeOffset at) =>
        new(string.Create(CultureInfo.InvariantCulture, $"e{_events++}"), role.ExternalId, metricCode, at);

    public void Send(LagoEvent line)
    {
        if (line.Timestamp < Clock.Now)
        {
            Do(now => new LagoEventReceived(now, line)); // late: of a period that may have ended
            return;
        }

        _uses++;
        Services.Lago.Do(now => new LagoEventReceived(now, line));
    }

    private LagoEvent Seat(SubscriptionRole role, LagoEvent line)
    {
        if (role.Seats.Count > 3 && _dice.OnceIn(3))
        {
            string leaves = _dice.Of(role.Seats);
            role.Seats.Remove(leaves);
            return line with { Key = leaves, Remove = true };
        }

        role.Seats.Add(line.TransactionId);
        return line with { Key = line.TransactionId };
    }

    /// <summary>Usage comes in a few hours of each day, and not evenly: what matters are its changes, not their number.</summary>
    private void UseNext()
    {
        DateTimeOffset next = Clock.Now + _dice.Span(TimeSpan.FromHours(2), TimeSpan.FromHours(9));
        if (next.AddHours(1) >= _world.FairFrom)
        {
            return;
        }

        Clock.At(next, () =>
        {
            foreach (SubscriptionRole role in Active.Where(_ => _dice.Below(3) > 0).ToArray())
            {
                Clock.At(Clock.Now + _dice.Span(TimeSpan.Zero, TimeSpan.FromMinutes(50)), () =>
                {
                    if (role.IsActive)
                    {
                        Use(role);
                    }
                });
            }

            UseNext();
        });
    }

    private ProductRole Product(int number)
    {
        decimal[] prices = [1, 10, 0.1m, 100, 37.5m, 0.125m];
        (string, decimal)[] dimensions = [("usage_fee", _dice.Of(prices)), ("api_units", _dice.Of(prices))];
        Market market = _dice.Of(_world.Markets);
        ProductRole product = new(market, market.CodeOf(number), $"Platform {number}", dimensions);
        foreach (LagoMetric metric in Metrics.All)
        {
            product.Conversions[metric.Code] = _dice.Of(dimensions).Item1;
        }

        return product;
    }

    private BuyerRole Buyer(int number) => new()
    {
        Number = number,
        Customer = _dice.OnceIn(4) ? $"buyer.{number}@example.com" : $"cus_{number}",
        Product = _dice.Of(Products),
    };
}
