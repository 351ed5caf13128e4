using LagoConsole.Core.Buyers;
using LagoConsole.Core.Products;
using LagoConsole.Core.Reporting;
using LagoConsole.Core.Reporting.Azure;
using Xunit;

namespace LagoConsole.Tests.Reporting.Azure;

public sealed class AzureRulesTests
{
    private static readonly DateTimeOffset Hour = new(2026, 8, 31, 23, 0, 0, TimeSpan.Zero);

    [Fact]
    public void R12_An_event_is_taken_for_a_day_over_the_months_end_too() =>
        Assert.Equal(new DateTimeOffset(2026, 9, 1, 23, 0, 0, TimeSpan.Zero), AzureRules.Instance.Deadline(Hour));

    [Fact]
    public void R18_Usage_from_before_a_cancellation_is_taken_as_long_as_any_other()
    {
        DateTimeOffset end = Hour.AddMinutes(20);

        Assert.Equal(Hour.AddHours(24), FinalFlush.Closes(end, AzureRules.Instance));
    }

    [Fact]
    public void The_payload_is_the_wire_form_of_the_event()
    {
        Product product = new() { Id = Guid.NewGuid(), Name = "p", Marketplace = Marketplace.Azure, AzureOfferId = "o", AzurePlanId = "gold", CreatedAt = Hour };
        Entitlement entitlement = new()
        {
            Id = Guid.NewGuid(),
            BuyerId = Guid.Empty,
            ProductId = product.Id,
            Marketplace = Marketplace.Azure,
            Identity = "",
            AzureResourceId = "7c1f3c52-9a40-4e6e-8d0b-3f6a1c2d4e5f",
            State = EntitlementState.Active,
            StartsAt = Hour.AddDays(-1),
            CreatedAt = Hour,
        };

        Assert.Equal(
            """{"resourceId":"7c1f3c52-9a40-4e6e-8d0b-3f6a1c2d4e5f","quantity":1250,"dimension":"usage_fee","effectiveStartTime":"2026-08-31T23:00:00Z","planId":"gold"}""",
            AzureRules.Instance.Payload(new RecordFacts(Guid.NewGuid(), product, entitlement, "usage_fee", Hour, Hour, Hour.AddHours(-1), 1250)));
        Assert.Equal($"azure|{product.Id:N}", AzureRules.Instance.BatchKey(product, entitlement));

        entitlement.AzurePlanId = "silver"; // changed since it was bought
        Assert.EndsWith("\"planId\":\"silver\"}", AzureRules.Instance.Payload(new RecordFacts(Guid.NewGuid(), product, entitlement, "usage_fee", Hour, Hour, null, 1)), StringComparison.Ordinal);
    }
}
