using System.Globalization;
using LagoConsole.Core.Buyers;
using LagoConsole.Core.Conversion;
using LagoConsole.Core.Held;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.Integrations;
using LagoConsole.Core.Lago;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Polling;
using LagoConsole.Core.Products;
using LagoConsole.Core.Security;
using LagoConsole.Sandbox;
using LagoConsole.Simulation.Engines;
using LagoConsole.Simulation.Oracles;
using LagoConsole.Simulation.Threads;
using Microsoft.EntityFrameworkCore;

namespace LagoConsole.Simulation.Scripts;

/// <summary>
/// The vendor's person at the console's pages. What a deed refuses is written into the ledger at the moment it is
/// committed, by what Lago had told until then; a deed that is cut off before has refused nothing.
/// </summary>
internal sealed class Person(World world, Auditor auditor, Dice dice)
{
    public static readonly Actor Ada = new("ada", Role.Admin);

    private readonly List<Life> _deeds = [];
    private readonly Refusals _refusals = new(world.Oracle, auditor);
    private readonly Judgement _judgement = new(world, new Refusals(world.Oracle, auditor), dice);

    /// <summary>The integration; null while none is connected.</summary>
    public Guid? Integration { get; private set; }

    /// <summary>Auto report is on.</summary>
    public bool IsReporting { get; private set; }

    public BillingMode Mode { get; private set; }

    /// <summary>Something is being done at a page.</summary>
    public bool IsBusy => _deeds.Exists(life => !life.IsOver);

    /// <summary>Between a backup and its restore nothing is done at the pages: it would be forgotten.</summary>
    public bool Rests { get; set; }

    private static CancellationToken Stop => CancellationToken.None;

    private Oracle Oracle => world.Oracle;

    private Story Story => world.Story;

    /// <summary>Connects, verifies, enters products and buyers, links them, and switches auto report on.</summary>
    public void SetUp(BillingMode mode, bool soleWriter, Action done) => Do(
        "setting up",
        async (engine, flow) =>
        {
            await ConnectAsync(engine, mode);
            foreach (ProductRole product in world.Script.Products)
            {
                await Forms.EnterProductAsync(engine, product, soleWriter);
            }

            foreach (BuyerRole buyer in world.Script.Buyers)
            {
                buyer.Id = Forms.Saved(await engine.Get<BuyerService>().CreateAsync(Ada, new NewBuyer { Name = buyer.Name }, Stop));
                await Forms.EnterPurchaseAsync(engine, buyer.Purchases[0]);
                await LinkAsync(engine, flow, buyer, LinkStart.FromZero);
            }

            await TurnOnAsync(engine, flow, AutoReportStart.ReportIt);
            done();
        },
        keepsAll: false);

    public void ChangeMode() => Do("changing the billing mode", async (engine, flow) =>
    {
        if (Integration is null)
        {
            return;
        }

        Integration now = await IntegrationAsync(engine);
        BillingMode other = now.BillingMode == BillingMode.AmountDaily ? BillingMode.AmountHourly : BillingMode.AmountDaily;
        flow.Deed = _ => Mode = other;
        await Forms.EditIntegrationAsync(engine, now, edit => edit.BillingMode = other);
        Story.Tell("mode changes", "the person changed the billing mode");
    });

    public void TurnOff() => Do("switching off", async (engine, flow) =>
    {
        if (Integration is null)
        {
            return;
        }

        flow.Deed = _ => SeeReporting();
        await Forms.EditIntegrationAsync(engine, await IntegrationAsync(engine), edit => edit.SwitchAutoReportOff = true);
        Story.Tell("toggles", "the person switched auto report off");
    });

    public void TurnOn(AutoReportStart start) => Do("switching on", (engine, flow) => TurnOnAsync(engine, flow, start), keepsAll: true);

    public void Unlink(BuyerRole buyer, OpenMoneyChoice choice) => Do($"unlinking {buyer.Name}", async (engine, flow) =>
    {
        IReadOnlyList<OpenMoneyLine> seen = await engine.Get<BuyerLinkService>().RemovePreviewAsync(Ada, buyer.Id, Stop) ?? [];
        flow.Deed = _ =>
        {
            if (buyer.IsLinked && !auditor.IsLinked(buyer.Customer))
            {
                buyer.Unlink(world.Clock.Now);
                Oracle.LinkedFromNowAt.Remove(buyer.Customer);
                Choose(key => key.Period.Customer == buyer.Customer, choice, isDeleted: false);
                Story.Tell("unlinked buyers", $"the person took the Lago Customer ID off {buyer.Name}, open money: {choice}");
            }
        };
        await engine.Get<BuyerLinkService>().RemoveAsync(Ada, buyer.Id, choice, seen, Stop);
    });

    public void Link(BuyerRole buyer, LinkStart start) => Do($"linking {buyer.Name}", (engine, flow) => LinkAsync(engine, flow, buyer, start));

    public void Delete(OpenMoneyChoice choice) => Do("deleting the integration", async (engine, flow) =>
    {
        Guid id = Integration!.Value;
        if (await engine.Get<IntegrationDeletion>().PreviewAsync(Ada, id, Stop) is not { } preview)
        {
            return;
        }

        flow.Deed = _ =>
        {
            if (Integration == id && !auditor.Exists(id))
            {
                Integration = null;
                world.Jobs.Integration = null;
                Oracle.Integration = null;
                Oracle.StartedFromNowAt = null;
                Oracle.LinkedFromNowAt.Clear();
                IsReporting = false;
                Choose(_ => true, choice, isDeleted: true);
                Oracle.Deleted();
                foreach (BuyerRole buyer in world.Script.Buyers)
                {
                    buyer.Forget(world.Clock.Now);
                }

                Story.Tell("deleted integrations", $"the person deleted the integration, open money: {choice}");
            }
        };
        await engine.Get<IntegrationDeletion>().DeleteAsync(
            Ada, new DeleteIntegration(id, preview.Stamp, preview.HasOpenMoney ? choice : null, preview.Name), Stop);
    });

    /// <summary>Connects the same organization anew, and puts the Lago Customer IDs back on the buyers.</summary>
    public void Reconnect(LinkStart links, AutoReportStart start) => Do(
        "connecting anew",
        async (engine, flow) =>
        {
            await ConnectAsync(engine, dice.OnceIn(2) ? BillingMode.AmountDaily : BillingMode.AmountHourly);
            Story.Tell("reconnects", $"the person connected the organization anew, links {links}, {start}");
            foreach (BuyerRole buyer in world.Script.Buyers)
            {
                await LinkAsync(engine, flow, buyer, links);
            }
        },
        ended: () => TurnOn(start));

    public void RemoveConversion(ProductRole product, string metricCode) => Do("removing a conversion", async (engine, flow) =>
    {
        Guid id;
        await using (LagoConsoleDbContext db = await Forms.DbAsync(engine))
        {
            id = await db.DimensionConversions.Where(row => row.ProductId == product.Id && row.MetricCode == metricCode).Select(row => row.Id).SingleAsync();
        }

        flow.Deed = _ => product.Conversions.Remove(metricCode);
        await engine.Get<ConversionService>().RemoveAsync(Ada, id, Stop);
        Story.Tell("conversions removed", $"the person removed the conversion of {metricCode} from {product.Name}");
    });

    public void AddConversion(ProductRole product, string metricCode, string dimension) => Do("adding a conversion", async (engine, flow) =>
    {
        flow.Deed = _ => product.Conversions[metricCode] = dimension;
        await engine.Get<ConversionService>().AddAsync(
            Ada, new NewConversion { ProductId = product.Id, MetricCode = metricCode, DimensionId = product.DimensionIds[dimension] }, Stop);
        Story.Tell("conversions added", $"the person sends {metricCode} of {product.Name} to {dimension}");
    });

    /// <summary>A later price, told to the console first and then to the marketplace: both hold it from the same hour on.</summary>
    public void SetPrice(ProductRole product, string dimension, PurchaseRole? offer, decimal unitPriceMinor, DateTimeOffset from) => Do("setting a price", async (engine, flow) =>
    {
        bool isSet = false;
        flow.Deed = _ =>
        {
            if (!isSet)
            {
                isSet = true;
                product.Market.SetPrice(product, dimension, offer, unitPriceMinor, from);
                Story.Tell("price changes", $"{dimension} of {product.Name} costs {unitPriceMinor} from {from:u}{(offer is null ? "" : " for one purchase")}");
            }
        };
        await engine.Get<ProductService>().SetPriceAsync(
            Ada,
            new NewPrice
            {
                DimensionId = product.DimensionIds[dimension],
                EntitlementId = offer?.EntitlementId,
                UnitPrice = (unitPriceMinor / 100).ToString(CultureInfo.InvariantCulture),
                EffectiveFrom = from,
            },
            Stop);
    });

    public void Suspend(PurchaseRole purchase, bool suspended) => Do("editing a purchase", async (engine, flow) =>
    {
        if (purchase.IsEndEntered)
        {
            return;
        }

        flow.Deed = _ => purchase.IsSuspended = suspended;
        await Forms.EditPurchaseAsync(engine, purchase, suspended ? EntitlementState.Suspended : EntitlementState.Active, endsAt: null, choice: null);
        Story.Tell("suspensions", $"the person {(suspended ? "suspended" : "resumed")} the purchase {purchase.Name}");
    });

    public void DecideHolds() => Do("deciding over held usage", _judgement.DecideHoldsAsync);

    public void DecideWaiting() => Do("deciding over waiting money", _judgement.DecideWaitingAsync);

    public void SettleRecords() => Do("settling records", (engine, _) => _judgement.SettleRecordsAsync(engine));

    /// <summary>Tells the console that a purchase ends or has ended, as the marketplace has told.</summary>
    public void EndPurchase(PurchaseRole purchase, DateTimeOffset endsAt) => Do("ending a purchase", async (engine, flow) =>
    {
        EntitlementState state = endsAt > engine.Get<TimeProvider>().GetUtcNow() ? EntitlementState.PendingCancel : EntitlementState.Cancelled;
        OpenMoneyChoice? answer = null;
        flow.Deed = step =>
        {
            if (step == MoneySteps.Mark)
            {
                Oracle.StoreHeard(flow.Heard); // the purchase's buyer is polled once more
                return;
            }

            if (purchase.IsEndEntered || !auditor.HasEnd(purchase.Key))
            {
                return; // the console asked about the money, and stored nothing yet
            }

            purchase.IsEndEntered = true;
            purchase.IsSuspended = false;
            if (answer == OpenMoneyChoice.WriteOff)
            {
                _refusals.GiveUp(key => key.Period.Customer == purchase.Buyer.Customer, Extent.Part);
            }
            else if (answer == OpenMoneyChoice.Report)
            {
                _refusals.SayToReport(key => key.Period.Customer == purchase.Buyer.Customer, isDeleted: false);
            }
        };
        if (await Forms.EditPurchaseAsync(engine, purchase, state, endsAt, choice: null) is BuyerOutcome.AsksAboutMoney asks)
        {
            answer = dice.Of(Enum.GetValues<OpenMoneyChoice>());
            BuyerOutcome outcome = asks;
            while (outcome is BuyerOutcome.AsksAboutMoney { Lines: var shown }) // what was shown may have changed meanwhile
            {
                outcome = await Forms.EditPurchaseAsync(engine, purchase, state, endsAt, answer, shown);
            }
        }

        Story.Tell("ended purchases", $"the person entered that {purchase.Name} ends at {endsAt:u}");
    });

    public void EnterPurchase(PurchaseRole purchase) => Do("entering a purchase", async (engine, flow) =>
    {
        flow.Deed = _ => purchase.EntitlementId ??= auditor.EntitlementOf(purchase.Key); // stored is entered, whatever the page learns
        if (purchase.EntitlementId is null)
        {
            await Forms.EnterPurchaseAsync(engine, purchase);
            Story.Tell("purchases", $"the person entered the purchase {purchase.Name} of {purchase.Buyer.Name}");
        }
    });

    /// <summary>The books are those of a backup: says so, before anything runs again.</summary>
    public void DeclareRestored(Action done) => Do("declaring the restore", async (engine, flow) =>
    {
        flow.Deed = step =>
        {
            if (step == MoneySteps.Decision)
            {
                Oracle.HoldRestored(world.Clock.Now);
            }
        };
        RestoreDeclared declared = await engine.Get<RestoredBooks>().DeclareAsync(Ada, "Restored from the backup.", Stop);
        Story.Tell("restores", $"the books were restored: {declared.Keys} keys and {declared.Increments} increments held, {declared.Records} records unknown");
        done();
    });

    private async Task ConnectAsync(Engine engine, BillingMode mode)
    {
        ConnectOutcome connected = await engine.Get<IntegrationService>().ConnectAsync(
            Ada, new ConnectIntegration { ApiKey = SandboxKeys.LagoApiKey, BillingMode = mode, Region = LagoRegion.Sandbox }, Stop);
        Guid id = ((ConnectOutcome.Connected)connected).Id;
        await using (LagoConsoleDbContext db = await Forms.DbAsync(engine))
        {
            Integration seen = await db.Integrations.AsNoTracking().SingleAsync(row => row.Id == id);
            await Forms.EditIntegrationAsync(engine, seen, edit => edit.Limits = new JumpLimits(seen.JumpFactor, Oracle.JumpMinor, Oracle.JumpMinor));
        }

        Integration = id;
        Mode = mode;
        world.Jobs.Integration = id;
        Oracle.Integration = id;
        while (await engine.Get<IntegrationService>().VerifyAsync(Ada, id, Stop) is not VerifyOutcome.Verified)
        {
            await Task.Delay(TimeSpan.FromMinutes(10), engine.Get<TimeProvider>());
        }
    }

    private async Task LinkAsync(Engine engine, Flow flow, BuyerRole buyer, LinkStart start)
    {
        if (Integration is not { } integration
            || await engine.Get<BuyerLinkService>().PreviewAsync(Ada, buyer.Id, integration, buyer.Customer, Stop) is not LinkPreviewOutcome.Ready { Preview: var preview })
        {
            return; // gone, or Lago did not answer
        }

        Dictionary<string, long> typed = start == LinkStart.Typed
            ? preview.Lines.ToDictionary(line => line.Key, line => line.TotalMinor * dice.Below(100) / 100, StringComparer.Ordinal)
            : new(StringComparer.Ordinal);
        HeardUsage[] shown = [.. flow.Heard.Shown.Values.Where(usage => usage.Customer == buyer.Customer && usage.ReadAt >= preview.ReadAt)];
        flow.Deed = _ =>
        {
            if (!buyer.IsLinked && auditor.IsLinked(buyer.Customer))
            {
                buyer.IsLinked = true;
                buyer.Links.Add((world.Clock.Now, null, IsDeleted: false));
                foreach (HeardUsage usage in shown)
                {
                    Oracle.StoreLink(usage, (key, total) => start switch
                    {
                        LinkStart.FromZero => 0,
                        LinkStart.FromNow => total,
                        _ => typed.GetValueOrDefault($"{usage.LagoId}|{key.Code}"),
                    });
                }

                if (start == LinkStart.FromNow)
                {
                    _refusals.GiveUpUnlinked(buyer.Customer);
                    Oracle.LinkedFromNowAt[buyer.Customer] = world.Clock.Now;
                }
                else
                {
                    Oracle.LinkedFromNowAt.Remove(buyer.Customer);
                }

                Story.Tell("linked buyers", $"the person linked {buyer.Name} ({start})");
            }
        };
        await engine.Get<BuyerLinkService>().SaveAsync(Ada, preview, start, typed, oldMoney: null, Stop);
        flow.Deed = null;
    }

    private async Task TurnOnAsync(Engine engine, Flow flow, AutoReportStart start)
    {
        if (Integration is not { } integration)
        {
            return;
        }

        flow.Deed = step =>
        {
            bool wasReporting = IsReporting;
            if (step == MoneySteps.Mark)
            {
                Oracle.StoreCloses();
            }

            SeeReporting();
            if (!wasReporting && IsReporting)
            {
                Started(flow, start);
            }
        };
        await engine.Get<AutoReportService>().TurnOnAsync(Ada, integration, start, Stop);
        flow.Deed = null;
    }

    private void Started(Flow flow, AutoReportStart start)
    {
        Story.Tell("toggles", $"the person switched auto report on ({start})");
        if (start == AutoReportStart.ReportIt)
        {
            return;
        }

        foreach (HeardUsage usage in flow.Heard.Usage)
        {
            Oracle.Store(usage, jump: long.MaxValue); // the person has seen these amounts
            _refusals.GiveUpShown(usage);
        }

        _refusals.GiveUp(_ => true, Extent.AllButSaid);
        Oracle.StartedFromNowAt = world.Clock.Now;
    }

    private void SeeReporting() => IsReporting = Integration is { } integration && auditor.IsAutoReportOn(integration);

    private void Choose(Func<KeyBook, bool> which, OpenMoneyChoice choice, bool isDeleted)
    {
        if (choice == OpenMoneyChoice.WriteOff)
        {
            _refusals.GiveUp(which, Extent.All);
        }
        else
        {
            _refusals.SayToReport(which, isDeleted);
        }
    }

    private async Task<Integration> IntegrationAsync(Engine engine)
    {
        await using LagoConsoleDbContext db = await Forms.DbAsync(engine);
        return await db.Integrations.AsNoTracking().SingleAsync(row => row.Id == Integration);
    }

    /// <summary>A deed, at a page of any engine that is up; when it is done, a report run follows soon, as the pages ask for one.</summary>
    /// <param name="keepsAll">It stores all that it is shown at once.</param>
    private void Do(string name, Func<Engine, Flow, Task> deed, bool keepsAll = false, Action? ended = null)
    {
        Engine[] up = [.. world.Engines.Where(engine => engine.Life is not null)];
        if (up.Length == 0 || Rests)
        {
            return; // no page answers: the person gives up
        }

        Engine engine = dice.Of(up);
        Flow flow = new(engine.Life!, name) { Heard = new Hearing(keepsAll) };
        _deeds.Add(flow.Life);
        world.Loom.Start(flow, () => deed(engine, flow), () =>
        {
            _deeds.Remove(flow.Life);
            world.Jobs.Due(Job.Report);
            ended?.Invoke();
        });
    }
}
