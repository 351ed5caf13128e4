using LagoConsole.Core.Reporting;
using LagoConsole.Core.Scheduling;
using LagoConsole.Core.Security;

namespace LagoConsole.Core.Buyers;

/// <summary>Edits the life of a purchase as a person does: where it ends, usage is polled once more first, and reporting starts at once (R18).</summary>
public sealed class EntitlementLife(EntitlementService entitlements, EntitlementDrain drain, ScheduleSync schedule)
{
    /// <exception cref="ForbiddenException">Needs <see cref="Role.Operator"/>; writing money off needs <see cref="Role.Admin"/>.</exception>
    public async Task<BuyerOutcome> EditAsync(Actor actor, EditEntitlement input, CancellationToken cancellationToken)
    {
        actor.Require(Role.Operator);
        if (input.EndsAt is not null && await entitlements.BuyerOfAsync(input.Id, cancellationToken) is { } buyerId)
        {
            await drain.PollAsync(buyerId, cancellationToken);
        }

        BuyerOutcome outcome = await entitlements.EditAsync(actor, input, cancellationToken);
        if (outcome is BuyerOutcome.Saved)
        {
            await schedule.RequestReportAsync(CancellationToken.None);
        }

        return outcome;
    }
}
