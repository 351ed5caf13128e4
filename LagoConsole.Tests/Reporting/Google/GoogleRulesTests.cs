using LagoConsole.Core.Buyers;
using LagoConsole.Core.Products;
using LagoConsole.Core.Reporting;
using LagoConsole.Core.Reporting.Google;
using Xunit;

namespace LagoConsole.Tests.Reporting.Google;

public sealed class GoogleRulesTests
{
    private const string Service = "example-metering.endpoints.example-public.cloud.goog";

    private static readonly DateTimeOffset Hour = new(2026, 8, 20, 13, 0, 0, TimeSpan.Zero);
    private static readonly Guid Id = new("5d2f6f0e-7a1b-5c3d-9e8f-0a1b2c3d4e5f");

    [Fact]
    public void The_payload_is_the_operation_whose_interval_begins_where_the_last_one_ended() => Assert.Equal(
        """{"operationId":"5d2f6f0e-7a1b-5c3d-9e8f-0a1b2c3d4e5f","operationName":"example-metering.endpoints.example-public.cloud.goog/report","consumerId":"project_number:404012345678","startTime":"2026-08-20T11:00:00Z","endTime":"2026-08-20T14:00:00Z","metricValueSets":[{"metricName":"example-metering.endpoints.example-public.cloud.goog/gold_usage_fee","metricValues":[{"int64Value":"1250"}]}]}""",
        Payload(previous: Hour.AddHours(-3), endsAt: null));

    [Theory]
    [InlineData(null, null, "13:00:00", "14:00:00")] // the first of a meter
    [InlineData(-1, null, "13:00:00", "14:00:00")]
    [InlineData(null, 40, "13:00:00", "13:39:59")] // strictly before a cancellation
    [InlineData(-1, 0, "12:59:58", "12:59:59")] // which came at the hour itself
    public void An_interval_lies_before_the_purchases_end_and_after_the_one_before(int? previousHours, int? endsAfterMinutes, string from, string to)
    {
        string payload = Payload(
            previousHours is { } hours ? Hour.AddHours(hours) : null, endsAfterMinutes is { } minutes ? Hour.AddMinutes(minutes) : null);

        Assert.Contains($"\"startTime\":\"2026-08-20T{from}Z\",\"endTime\":\"2026-08-20T{to}Z\"", payload, StringComparison.Ordinal);
    }

    [Fact]
    public void R20_An_interval_does_not_begin_before_the_purchase_though_a_restore_counts_earlier_hours_as_used() => Assert.Contains(
        "\"startTime\":\"2026-08-19T13:00:00Z\"", Payload(previous: Hour.AddDays(-20), endsAt: null), StringComparison.Ordinal);

    [Fact]
    public void R9_The_price_of_the_intervals_last_moment_holds()
    {
        Assert.Equal(Hour.AddHours(1).AddTicks(-1), GoogleRules.Instance.PricedAt(Hour, endsAt: null));
        Assert.Equal(Hour.AddHours(1).AddTicks(-1), GoogleRules.Instance.PricedAt(Hour, endsAt: Hour.AddHours(5)));
        Assert.Equal(Hour.AddMinutes(40).AddSeconds(-1).AddTicks(-1), GoogleRules.Instance.PricedAt(Hour, endsAt: Hour.AddMinutes(40))); // the interval ends a second before the purchase
    }

    [Fact]
    public void R9_Parts_of_a_second_in_a_purchases_end_do_not_part_the_price_from_the_interval_that_Google_is_told()
    {
        DateTimeOffset endsAt = Hour.AddSeconds(1).AddMilliseconds(400);

        Assert.Contains("\"endTime\":\"2026-08-20T13:00:00Z\"", Payload(previous: null, endsAt), StringComparison.Ordinal);
        Assert.Equal(Hour.AddTicks(-1), GoogleRules.Instance.PricedAt(Hour, endsAt)); // a price from 13:00 on is not its price
    }

    [Fact]
    public void A_batch_is_of_one_product_and_one_service()
    {
        Product product = new() { Id = new("11111111-1111-1111-1111-111111111111"), Name = "p", Marketplace = Marketplace.Gcp, GcpServiceName = Service, CreatedAt = Hour };
        string key = GoogleRules.Instance.BatchKey(product, entitlement: null!);

        Assert.Equal($"gcp|11111111111111111111111111111111|{Service}", key);
        Assert.Equal(Service, GoogleRules.ServiceOf(key));
        Assert.Throws<FormatException>(() => GoogleRules.ServiceOf($"gcp|{Service}"));
    }

    [Fact]
    public void R13_An_operation_goes_on_being_reported_for_a_month_as_it_counts_once_however_often()
    {
        Assert.False(GoogleRules.Instance.HasSlots); // another may be made while one is unknown
        Assert.Equal(Hour.AddDays(30), GoogleRules.Instance.Deadline(Hour));
        Assert.Equal(Hour.AddMinutes(80), FinalFlush.Closes(Hour.AddMinutes(20), GoogleRules.Instance)); // an hour after a cancellation
    }

    private static string Payload(DateTimeOffset? previous, DateTimeOffset? endsAt)
    {
        Product product = new() { Id = Guid.NewGuid(), Name = "p", Marketplace = Marketplace.Gcp, GcpServiceName = Service, CreatedAt = Hour };
        Entitlement entitlement = new()
        {
            Id = Guid.NewGuid(),
            BuyerId = Guid.Empty,
            ProductId = product.Id,
            Marketplace = Marketplace.Gcp,
            Identity = "",
            GcpUsageReportingId = "project_number:404012345678",
            State = EntitlementState.Active,
            StartsAt = Hour.AddDays(-1),
            EndsAt = endsAt,
            CreatedAt = Hour,
        };
        return GoogleRules.Instance.Payload(new RecordFacts(Id, product, entitlement, "gold_usage_fee", Hour, Hour, previous, 1250));
    }
}
