using LagoConsole.Core.Buyers;
using LagoConsole.Core.Conversion;
using LagoConsole.Core.Integrations;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Polling;
using LagoConsole.Core.Products;
using LagoConsole.Core.Security;
using Microsoft.EntityFrameworkCore;

namespace LagoConsole.Core.DryRun;

/// <summary>A change that a person is about to save. It is tried with the code that would save it.</summary>
public abstract record ProposedChange
{
    private ProposedChange()
    {
    }

    /// <summary>What saving it needs; trying it needs the same.</summary>
    internal virtual Role Needs => Role.Operator;

    /// <summary>Whether a person compares the window with and without it.</summary>
    internal virtual bool IsCompared => true;

    /// <summary>Makes the change inside a rehearsal. Returns why it would be refused, or null.</summary>
    internal abstract Task<string?> ApplyAsync(
        LagoConsoleDbContext db, Actor actor, BuyerLook look, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary><i>Enable Auto Report Usage</i> (R16).</summary>
    public sealed record TurnOn(Guid IntegrationId, AutoReportStart Start) : ProposedChange
    {
        internal override Role Needs => Role.Admin;

        internal override bool IsCompared => false; // while it is off, nothing is reported

        internal override async Task<string?> ApplyAsync(
            LagoConsoleDbContext db, Actor actor, BuyerLook look, DateTimeOffset now, CancellationToken cancellationToken)
        {
            // The switch looks at the amounts alone: what an overlapped subscription has counted is given up with the rest.
            List<(BuyerLink, SubscriptionReading)> toWaive = Start == AutoReportStart.StartFromNow && look.Link is { } link
                ? [.. look.Readings.Select(reading => (link, reading with { ReadAt = now, Overlapped = [], PreviousReadAt = null }))]
                : [];
            try
            {
                AutoReportOutcome outcome = await AutoReportService.TurnOnAsync(
                    db, actor, IntegrationId, Start, toWaive, now, cancellationToken, ofBuyer: look.BuyerId);
                return (outcome as AutoReportOutcome.Failed)?.Sentence;
            }
            catch (AutoReportService.NotGivenUpException stale)
            {
                return stale.Message;
            }
        }
    }

    /// <summary>Another <i>Billing Mode</i> (R17).</summary>
    public sealed record ChangeMode(Guid IntegrationId, BillingMode Mode) : ProposedChange
    {
        internal override Role Needs => Role.Admin;

        internal override async Task<string?> ApplyAsync(
            LagoConsoleDbContext db, Actor actor, BuyerLook look, DateTimeOffset now, CancellationToken cancellationToken)
        {
            if (await db.Integrations.SingleOrDefaultAsync(row => row.Id == IntegrationId, cancellationToken) is not { } integration)
            {
                return "The integration was deleted meanwhile.";
            }

            integration.BillingMode = Mode;
            return null;
        }
    }

    /// <inheritdoc cref="NewConversion"/>
    public sealed record AddConversion(Guid ProductId, string? MetricCode, Guid? DimensionId, bool ReportAtCloseOnly) : ProposedChange
    {
        internal override async Task<string?> ApplyAsync(
            LagoConsoleDbContext db, Actor actor, BuyerLook look, DateTimeOffset now, CancellationToken cancellationToken) =>
            Refusal(await ConversionService.AddAsync(
                db, actor,
                new NewConversion { ProductId = ProductId, MetricCode = MetricCode, DimensionId = DimensionId, ReportAtCloseOnly = ReportAtCloseOnly },
                now, cancellationToken));
    }

    /// <summary><i>Report at period close only</i>, or as it grows (R8).</summary>
    public sealed record ChangeConversion(Guid ConversionId, bool ReportAtCloseOnly) : ProposedChange
    {
        internal override async Task<string?> ApplyAsync(
            LagoConsoleDbContext db, Actor actor, BuyerLook look, DateTimeOffset now, CancellationToken cancellationToken) =>
            Refusal(await ConversionService.SetReportAtCloseOnlyAsync(db, actor, ConversionId, ReportAtCloseOnly, now, cancellationToken));
    }

    public sealed record RemoveConversion(Guid ConversionId) : ProposedChange
    {
        internal override async Task<string?> ApplyAsync(
            LagoConsoleDbContext db, Actor actor, BuyerLook look, DateTimeOffset now, CancellationToken cancellationToken) =>
            Refusal(await ConversionService.RemoveAsync(db, actor, ConversionId, now, cancellationToken));
    }

    /// <inheritdoc cref="NewPrice"/>
    public sealed record SetPrice(Guid DimensionId, Guid? EntitlementId, string? UnitPrice, DateTimeOffset? EffectiveFrom) : ProposedChange
    {
        internal override async Task<string?> ApplyAsync(
            LagoConsoleDbContext db, Actor actor, BuyerLook look, DateTimeOffset now, CancellationToken cancellationToken) =>
            Refusal(await ProductService.SetPriceAsync(
                db, actor,
                new NewPrice { DimensionId = DimensionId, EntitlementId = EntitlementId, UnitPrice = UnitPrice, EffectiveFrom = EffectiveFrom },
                now, cancellationToken));
    }

    /// <summary>A Lago Customer ID with its start (R7). The arguments are <see cref="BuyerLinkService.SaveAsync"/>'s.</summary>
    public sealed record SaveLink(
        LinkPreview Preview, LinkStart Start, IReadOnlyDictionary<string, long> BilledElsewhere, OpenMoneyChoice? OldMoney) : ProposedChange
    {
        internal override Role Needs => OldMoney == OpenMoneyChoice.WriteOff ? Role.Admin : Role.Operator;

        internal override bool IsCompared => false; // without it, nothing of this customer is counted

        /// <summary>By content: a form makes the amounts anew each time it is asked.</summary>
        public bool Equals(SaveLink? other) => other is not null && ReferenceEquals(Preview, other.Preview) && Start == other.Start && OldMoney == other.OldMoney
            && BilledElsewhere.Count == other.BilledElsewhere.Count
            && BilledElsewhere.All(amount => other.BilledElsewhere.TryGetValue(amount.Key, out long minor) && minor == amount.Value);

        public override int GetHashCode() => HashCode.Combine(Start, OldMoney, BilledElsewhere.Count);

        internal override async Task<string?> ApplyAsync(
            LagoConsoleDbContext db, Actor actor, BuyerLook look, DateTimeOffset now, CancellationToken cancellationToken)
        {
            try
            {
                LinkSaveOutcome outcome = await BuyerLinkService.SaveAsync(
                    db, actor, Preview, Start, BilledElsewhere, OldMoney, now, cancellationToken);
                return (outcome as LinkSaveOutcome.Refused)?.Sentence;
            }
            catch (BuyerLinkService.StalePreviewException stale)
            {
                return stale.Message;
            }
        }
    }

    private static string? Refusal(ProductOutcome outcome) => outcome switch
    {
        ProductOutcome.Saved => null,
        ProductOutcome.Refused refused => string.Join(' ', refused.Problems.Values),
        ProductOutcome.ChangedMeanwhile changed => changed.Sentence,
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
