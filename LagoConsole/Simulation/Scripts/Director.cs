using LagoConsole.Core.Buyers;
using LagoConsole.Core.Polling;
using LagoConsole.Sandbox.Faults;
using LagoConsole.Sandbox.Lago;
using LagoConsole.Simulation.Engines;

namespace LagoConsole.Simulation.Scripts;

/// <summary>Lets something happen every few hours: in Lago, at the marketplace, at the console's pages, to its machines.</summary>
internal sealed class Director(World world, Script script, Dice dice)
{
    private (int Weight, Action Act)[] _acts = [];

    private Person Person => world.Person;

    public void Begin()
    {
        // Each world has its own temper: some are about persons, some about machines, some about Lago.
        int lago = dice.Below(4);
        int people = dice.Below(4);
        int machines = dice.Below(4);
        _acts =
        [
            (2 * lago, Upgrade),
            (2 * lago, Terminate),
            (lago, SubscribeAnew),
            (lago, EditPrice),
            (2 * lago, SendLate),
            (lago, Fall),
            (lago, Jump),
            (lago, () => script.Do(now => new LagoCouponGranted(now, dice.Of(script.Buyers).Customer, "WELCOME", 5_000))),
            (people, Person.ChangeMode),
            (2 * people, Toggle),
            (2 * people, Relink),
            (people, DeleteAndReconnect),
            (people, Convert),
            (people, Suspend),
            (2 * people, Price),
            (2 + people, Person.DecideHolds),
            (2 + people, Person.SettleRecords),
            (2 + people, Person.DecideWaiting),
            (lago, EndPurchase),
            (script.IsSoleWriter ? 0 : lago, WriteForeign),
            (machines > 1 ? 1 : 0, BackUp),
            (4 * machines, Crash),
            (2 * machines, Break),
            (machines, StepClock),
        ];
        ActNext();
    }

    private void ActNext()
    {
        DateTimeOffset next = world.Clock.Now + dice.Span(TimeSpan.FromHours(1), TimeSpan.FromHours(12));
        if (next >= world.FairFrom)
        {
            return;
        }

        world.Clock.At(next, () =>
        {
            int thrown = dice.Below(_acts.Sum(act => act.Weight));
            foreach ((int weight, Action act) in _acts)
            {
                thrown -= weight;
                if (thrown < 0)
                {
                    act();
                    break;
                }
            }

            ActNext();
        });
    }

    /// <summary>Later, unless the fair hours have begun by then: then at once, before them.</summary>
    private void Later(TimeSpan from, TimeSpan to, Action act)
    {
        DateTimeOffset at = world.Clock.Now + dice.Span(from, to);
        if (at < world.FairFrom)
        {
            world.Clock.At(at, act);
        }
    }

    private SubscriptionRole? AnyActive() => script.Active.ToArray() is { Length: > 0 } active ? dice.Of(active) : null;

    private void Upgrade()
    {
        if (AnyActive() is { } role)
        {
            role.Plan = script.Plan(role.ExternalId);
            script.Do(now => new LagoSubscriptionUpgraded(now, role.ExternalId, role.Plan.Code));
            world.Story.Tell("upgrades", $"{role.ExternalId} was upgraded to {role.Plan.Code}");
        }
    }

    private void Terminate()
    {
        if (AnyActive() is { } role)
        {
            bool invoice = !dice.OnceIn(3);
            role.IsActive = false;
            script.Do(now => new LagoSubscriptionTerminated(now, role.ExternalId, invoice));
            world.Story.Tell("terminations", $"{role.ExternalId} was terminated{(invoice ? "" : " without an invoice")}");
        }
    }

    private void SubscribeAnew()
    {
        SubscriptionRole role = script.Subscribe(dice.Of(script.Buyers));
        world.Story.Tell("subscriptions", $"{role.Buyer.Name} took out {role.ExternalId}");
    }

    /// <summary>A price in Lago changes for the whole open period.</summary>
    private void EditPrice()
    {
        if (AnyActive() is not { } role)
        {
            return;
        }

        decimal factor = dice.Of([0.5m, 0.9m, 1.1m, 1.4m]);
        role.Plan = role.Plan with { Charges = [.. role.Plan.Charges.Select(charge => charge with { Amount = charge.Amount * factor })] };
        script.Do(now => new LagoPlanSaved(now, role.Plan));
        world.Story.Tell("price edits in Lago", $"prices of {role.Plan.Code} times {factor}");
    }

    private void SendLate()
    {
        if (AnyActive() is { } role)
        {
            TimeSpan late = dice.Span(TimeSpan.FromHours(1), TimeSpan.FromDays(4));
            script.Use(role, world.Clock.Now - late);
            world.Story.Tell("late events", $"an event of {role.ExternalId} came {late.TotalHours:0} hours late");
        }
    }

    /// <summary>Usage is taken back.</summary>
    private void Fall()
    {
        if (AnyActive() is { } role && role.Plan.Charges.Any(charge => charge.MetricCode == "gb"))
        {
            script.Send(script.NewEvent(role, "gb", world.Clock.Now) with { Value = -dice.Between(100, 2_000) });
            world.Story.Tell("falls", $"gb of {role.ExternalId} fell");
        }
    }

    /// <summary>Usage far above what is usual; sometimes it is taken back later.</summary>
    private void Jump()
    {
        if (AnyActive() is not { } role || !role.Plan.Charges.Any(charge => charge.MetricCode == "gb"))
        {
            return;
        }

        script.Send(script.NewEvent(role, "gb", world.Clock.Now) with { Value = 20_000_000 });
        world.Story.Tell("jumps", $"gb of {role.ExternalId} jumped");
        if (dice.OnceIn(2))
        {
            Later(TimeSpan.FromHours(2), TimeSpan.FromHours(30), () =>
            {
                script.Send(script.NewEvent(role, "gb", world.Clock.Now) with { Value = -20_000_000 });
                world.Story.Tell("jumps taken back", $"the jump of {role.ExternalId} was taken back");
            });
        }

        Later(TimeSpan.FromHours(2), TimeSpan.FromHours(60), Person.DecideHolds);
    }

    private void Toggle()
    {
        if (Person is { Integration: not null, IsReporting: true })
        {
            Person.TurnOff();
            Later(TimeSpan.FromHours(2), TimeSpan.FromDays(3), TurnOn);
        }
        else
        {
            TurnOn();
        }
    }

    private void TurnOn()
    {
        if (Person is { Integration: not null, IsReporting: false })
        {
            Person.TurnOn(dice.OnceIn(2) ? AutoReportStart.ReportIt : AutoReportStart.StartFromNow);
        }
    }

    private void Relink()
    {
        BuyerRole buyer = dice.Of(script.Buyers);
        if (Person.Integration is null)
        {
            return;
        }

        if (!buyer.IsLinked)
        {
            Person.Link(buyer, dice.Of(Enum.GetValues<LinkStart>()));
            return;
        }

        Person.Unlink(buyer, dice.Of(Enum.GetValues<OpenMoneyChoice>()));
        Later(TimeSpan.FromHours(1), TimeSpan.FromDays(4), () =>
        {
            if (!buyer.IsLinked && Person.Integration is not null)
            {
                Person.Link(buyer, dice.Of(Enum.GetValues<LinkStart>()));
            }
        });
    }

    private void DeleteAndReconnect()
    {
        if (Person.Integration is null)
        {
            return;
        }

        Person.Delete(dice.Of(Enum.GetValues<OpenMoneyChoice>()));
        Later(TimeSpan.FromHours(1), TimeSpan.FromDays(4), () =>
        {
            if (Person.Integration is null)
            {
                Person.Reconnect(dice.Of(Enum.GetValues<LinkStart>()), dice.OnceIn(2) ? AutoReportStart.ReportIt : AutoReportStart.StartFromNow);
            }
        });
    }

    private void Convert()
    {
        ProductRole product = dice.Of(script.Products);
        string metric = dice.Of(Metrics.All).Code;
        if (product.Conversions.ContainsKey(metric))
        {
            Person.RemoveConversion(product, metric);
            Later(TimeSpan.FromHours(1), TimeSpan.FromDays(3), () => Person.AddConversion(product, metric, dice.Of(product.Dimensions).Key));
        }
        else
        {
            Person.AddConversion(product, metric, dice.Of(product.Dimensions).Key);
        }
    }

    private void Suspend()
    {
        PurchaseRole purchase = dice.Of(script.Buyers).Purchases[^1];
        Person.Suspend(purchase, !purchase.IsSuspended);
        if (!purchase.IsSuspended)
        {
            Later(TimeSpan.FromHours(1), TimeSpan.FromDays(3), () => Person.Suspend(purchase, suspended: false));
        }
    }

    /// <summary>A purchase ends at the marketplace; the person hears of it before, in time, or late. Often another one follows.</summary>
    private void EndPurchase()
    {
        BuyerRole buyer = dice.Of(script.Buyers);
        PurchaseRole purchase = buyer.Purchases[^1];
        if (purchase.EndsAt is not null || purchase.EntitlementId is null || purchase.IsSuspended)
        {
            return;
        }

        DateTimeOffset ends = world.Clock.Now + (dice.OnceIn(3) ? TimeSpan.Zero : dice.Span(TimeSpan.FromMinutes(1), TimeSpan.FromHours(40)));
        if (ends >= world.FairFrom.AddHours(-3))
        {
            return;
        }

        script.End(purchase, ends);
        world.Clock.At(ends, () => purchase.EndsAt = ends);
        TimeSpan told = dice.OnceIn(3) ? ends - world.Clock.Now + dice.Span(TimeSpan.Zero, TimeSpan.FromMinutes(90)) : dice.Span(TimeSpan.Zero, TimeSpan.FromMinutes(30));
        world.Clock.At(world.Clock.Now + told, () => EnterEnd(purchase, ends));
        if (!dice.OnceIn(3))
        {
            world.Clock.At(ends + dice.Span(TimeSpan.Zero, TimeSpan.FromHours(20)), () =>
            {
                PurchaseRole next = buyer.Purchase(world.Clock.Now);
                Person.EnterPurchase(next);
            });
        }
    }

    /// <summary>A page may not answer, or be cut off: the person tries again until the console has it.</summary>
    private void EnterEnd(PurchaseRole purchase, DateTimeOffset ends)
    {
        if (!purchase.IsEndEntered)
        {
            Person.EndPurchase(purchase, ends);
            world.Clock.At(world.Clock.Now.AddHours(1), () => EnterEnd(purchase, ends));
        }
    }

    private void WriteForeign()
    {
        BuyerRole buyer = dice.Of(script.Buyers);
        if (buyer.Purchases[^1].EndsAt is null)
        {
            script.WriteForeign(buyer.Purchases[^1], dice.Of(buyer.Product.Dimensions).Key);
            Later(TimeSpan.FromHours(2), TimeSpan.FromHours(30), Person.SettleRecords);
        }
    }

    /// <summary>The books are copied, and some hours later they are lost and the copy is taken.</summary>
    private void BackUp()
    {
        DateTimeOffset lost = world.Clock.Now + dice.Span(TimeSpan.FromHours(1), TimeSpan.FromHours(14));
        if (Person.IsBusy || Person.Rests || world.Oracle.RestoredAt is not null || lost >= world.FairFrom.AddHours(-12))
        {
            return;
        }

        world.Database.Backup();
        world.Oracle.BackedUp();
        Person.Rests = true;
        world.Story.Tell("backups", "the books were backed up");
        world.Clock.At(lost, world.Restore);
        world.Clock.At(lost + dice.Span(TimeSpan.FromMinutes(40), TimeSpan.FromHours(10)), Person.DecideHolds);
    }

    private void Price()
    {
        BuyerRole buyer = dice.Of(script.Buyers);
        DateTimeOffset from = Core.Conversion.ReportingWindow.FloorToHour(world.Clock.Now).AddHours(dice.Between(4, 20));
        PurchaseRole? offer = dice.OnceIn(3) && buyer.Purchases[^1] is { EntitlementId: not null } entered ? entered : null;
        Person.SetPrice(
            buyer.Product, dice.Of(buyer.Product.Dimensions).Key, offer,
            dice.Of([1, 2, 10, 0.1m, 99, 37.5m, 0.125m, 13.33m]), from);
    }

    /// <summary>A process is killed, now or somewhere in the middle of what it does next, and started again.</summary>
    private void Crash()
    {
        Engine engine = dice.Of(world.Engines);
        if (engine.Life is { } life)
        {
            life.StepsLeft = dice.Between(1, 300);
        }
    }

    private void Break()
    {
        SandboxService service = dice.OnceIn(2) ? SandboxService.Lago : dice.Of(script.Products).Market.Service;
        TimeSpan lasts = dice.OnceIn(4) ? dice.Span(TimeSpan.FromHours(4), TimeSpan.FromHours(30)) : dice.Span(TimeSpan.FromMinutes(2), TimeSpan.FromHours(3));
        OutageKind kind = dice.Of(Enum.GetValues<OutageKind>());
        world.Weather.Add(new Outage(service, kind, world.Clock.Now, world.Clock.Now + lasts));
        world.Story.Tell("outages", $"{service} is {kind} for {lasts.TotalMinutes:0} minutes");
    }

    private void StepClock()
    {
        Engine engine = dice.Of(world.Engines);
        TimeSpan step = dice.OnceIn(3) ? dice.Span(TimeSpan.FromMinutes(5), TimeSpan.FromHours(3)) : dice.Span(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(4));
        engine.ClockStep = dice.OnceIn(2) ? step : -step;
        world.Story.Tell("clock steps", $"the clock of {engine.Name} was stepped by {engine.ClockStep.TotalSeconds:0} seconds");
        Later(TimeSpan.FromMinutes(5), TimeSpan.FromHours(6), () => engine.ClockStep = TimeSpan.Zero);
        world.Clock.At(world.FairFrom, () => engine.ClockStep = TimeSpan.Zero);
    }
}
