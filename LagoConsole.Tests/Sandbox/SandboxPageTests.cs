using System.Globalization;
using AngleSharp.Dom;
using Bunit;
using LagoConsole.Components.Sandbox;
using LagoConsole.Core.Security;
using LagoConsole.Core.Time;
using LagoConsole.Sandbox;
using LagoConsole.Sandbox.Aws;
using LagoConsole.Sandbox.Azure;
using LagoConsole.Sandbox.Faults;
using LagoConsole.Sandbox.Google;
using LagoConsole.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Quartz;
using Xunit;

namespace LagoConsole.Tests.Sandbox;

public sealed class SandboxPageTests : MudContext, IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 4, 29, 10, 20, 0, TimeSpan.Zero);

    private readonly ShiftableClock _clock = new(real: new FakeTimeProvider(Start));
    private readonly SandboxWorld _world;
    private readonly SandboxControl _control;

    public SandboxPageTests()
    {
        _world = new SandboxWorld(_clock, new SandboxOptions { Grows = false });
        _control = new SandboxControl(_world);
        Services.AddQuartz(quartz => quartz.ConfigureScheduler(options => options.InstanceName = Guid.NewGuid().ToString("N")));
    }

    void IDisposable.Dispose() => _world.Dispose();

    [Fact]
    public void Outside_Development_the_page_can_do_nothing()
    {
        SignIn();

        IRenderedComponent<SandboxPage> page = Show<SandboxPage>();

        Assert.Contains("exists in Development only", page.Markup, StringComparison.Ordinal);
        Assert.Empty(page.FindAll("button"));
    }

    [Fact]
    public void Shows_the_keys_customers_and_agreements_that_a_newcomer_needs()
    {
        IRenderedComponent<SandboxPage> page = ShowOpen();

        Assert.Contains(SandboxKeys.LagoApiKey, page.Markup, StringComparison.Ordinal);
        Assert.Contains("cus_acme", page.Markup, StringComparison.Ordinal);
        Assert.NotNull(Find("Copy License ARN"));
    }

    [Theory]
    [InlineData("AWS Marketplace", "Product code", "4w1m76k6d81abcd99fj2vtm6j")]
    [InlineData("AWS Marketplace", "AWS account ID", "222222222222")]
    [InlineData("AWS Marketplace", "License ARN", "arn:aws:license-manager::111111111111:license:l-0123456789abcdef0123456789abcdef")]
    [InlineData("Azure Marketplace", "Offer ID", "vendor-platform")]
    [InlineData("Azure Marketplace", "Plan ID", "gold")]
    [InlineData("Azure Marketplace", "Subscription ID", "7c1f3c52-9a40-4e6e-8d0b-3f6a1c2d4e5f")]
    [InlineData("Google Cloud Marketplace", "Service name", "vendor-platform.endpoints.vendor-public.cloud.goog")]
    [InlineData("Google Cloud Marketplace", "Usage reporting ID", "project_number:404012345678")]
    public async Task What_a_product_and_an_entitlement_ask_for_is_there_to_be_copied(string marketplace, string label, string text)
    {
        IRenderedComponent<SandboxPage> page = ShowOpen();
        IElement row = page.FindAll(".sandbox-purchases tbody tr").First(one => one.TextContent.Contains(marketplace, StringComparison.Ordinal));

        IElement field = row.QuerySelectorAll(".sandbox-field").Single(one => one.TextContent.StartsWith(label, StringComparison.Ordinal));
        await field.QuerySelector("button")!.ClickAsync();

        Assert.Equal(text, field.QuerySelector("code")!.TextContent);
        Assert.Equal(text, Assert.Single(JSInterop.Invocations["navigator.clipboard.writeText"]).Arguments[0]);
    }

    [Fact]
    public void Each_marketplaces_bill_stands_with_its_sum()
    {
        Bill();

        IRenderedComponent<SandboxPage> page = ShowOpen();

        string[] rows = [.. page.FindAll("#sandbox-bill .side-by-side > :last-child tbody tr").Select(row => string.Join(" | ", row.QuerySelectorAll("td").Select(cell => cell.TextContent.Trim())))];
        Assert.Equal(
            [
                "222222222222 | usage_fee | 1 | 42 | 0.42 USD",
                "AWS Marketplace in all | 0.42 USD",
                "7c1f3c52-9a40-4e6e-8d0b-3f6a1c2d4e5f | usage_fee | 2 | 30.5 | 0.305 USD",
                "Azure Marketplace in all | 0.305 USD",
                "project_number:404012345678 | gold_api_units | 1 | 3 | 3.00 USD",
                "project_number:404012345678 | gold_usage_fee | 1 | 1,250 | 12.50 USD",
                "Google Cloud Marketplace in all | 15.50 USD",
            ],
            rows);
    }

    [Theory]
    [InlineData("13:50:00", "14:50:00")]
    [InlineData("13:05:01", "14:05:01")]
    [InlineData("13:02:00", "14:05:01")] // the hour's poll is a few minutes away
    [InlineData("23:59:30", "00:59:30")]
    public void An_hour_that_passes_has_been_polled(string now, string then) => Assert.Equal(
        then, PassingTime.AnHour(DateTimeOffset.Parse($"2026-08-20T{now}Z", CultureInfo.InvariantCulture)).ToString("HH:mm:ss", CultureInfo.InvariantCulture));

    [Theory]
    [InlineData("+1 hour", "2026-04-29 11:20:00 UTC")]
    [InlineData("+1 day", "2026-04-30 10:20:00 UTC")]
    [InlineData("To the end of the month", "2026-05-01 00:30:00 UTC")]
    public async Task Time_passes_to_where_the_button_says(string button, string now)
    {
        IRenderedComponent<SandboxPage> page = ShowOpen();

        Task passing = Find(button).ClickAsync();

        await passing.WaitAsync(TimeSpan.FromMinutes(2), TimeProvider.System, Xunit.TestContext.Current.CancellationToken);
        Assert.Equal(now, page.Find("#sandbox-now").TextContent.Trim());
    }

    [Fact]
    public async Task Time_passes_hour_by_hour_and_can_be_stopped()
    {
        List<DateTimeOffset> hours = [];
        _clock.Moved += (_, _) => hours.Add(_clock.GetUtcNow());
        IRenderedComponent<SandboxPage> page = ShowOpen();
        Task passing = Find("To the end of the month").ClickAsync();
        await WaitAsync(() => hours.Count >= 2, "two hours to pass");

        await page.InvokeAsync(() => Find("Stop").Click()); // found and pressed between two hours' renders
        await passing.WaitAsync(TimeSpan.FromSeconds(10), TimeProvider.System, Xunit.TestContext.Current.CancellationToken);

        DateTimeOffset eleven = new(2026, 4, 29, 11, 0, 0, TimeSpan.Zero); // each hour is stopped at where it is polled
        Assert.Equal([eleven.Add(new TimeSpan(0, 5, 1)), eleven.Add(new TimeSpan(1, 5, 1))], hours.Take(2));
        Assert.True(_clock.GetUtcNow() < PassingTime.AfterMonthEnd(Start));
        Assert.NotNull(Find("+1 hour")); // can be pressed again
    }

    [Fact]
    public async Task Units_raise_and_a_negative_event_lowers_a_running_total()
    {
        ShowOpen();
        long Total() => _control.Summary().Customers.Single(customer => customer.ExternalId == "Stark Industries")
            .Subscriptions[0].Usage.Single(usage => usage.MetricCode == "storage_gb").AmountCents;
        long before = Total();
        await Field("Metric for stark-1").ChangeAsync("storage_gb");
        await Field("Units for stark-1").ChangeAsync("10");

        await PressAsync("Send units to stark-1");
        Assert.Equal(before + 500, Total()); // 10 GB at 0.50 USD
        await PressAsync("Send a negative event to stark-1");

        Assert.Equal(before, Total());
    }

    [Fact]
    public async Task A_coupon_says_that_the_marketplace_bills_the_gross_amount()
    {
        IRenderedComponent<SandboxPage> page = ShowOpen();

        await PressAsync("Grant a coupon of 50.00 USD to Acme Corporation");

        Assert.Contains("its running totals are before coupons", page.Markup, StringComparison.Ordinal);
        Assert.Contains("so the marketplace bills the gross amount", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_not_possible_is_said()
    {
        IRenderedComponent<SandboxPage> page = ShowOpen();
        await Field("Metric for stark-1").ChangeAsync("api_calls");
        await Field("Units for stark-1").ChangeAsync("5");

        await PressAsync("Send a negative event to stark-1");

        Assert.Contains("A count cannot fall", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_terminated_subscription_stops()
    {
        ShowOpen();

        await PressAsync("Terminate stark-1");

        Assert.Equal("terminated", _control.Summary().Customers.Single(customer => customer.ExternalId == "Stark Industries").Subscriptions[0].Status);
    }

    [Fact]
    public async Task Faults_are_switched_on_and_off_for_each_service()
    {
        ShowOpen();

        await Field("Lago: Too many requests; nothing is processed").ChangeAsync(true);
        await Field("AWS: Everything is processed; the answer is lost").ChangeAsync(true);
        await Field("Azure: Each answer takes three seconds").ChangeAsync(true);
        await Field("Google: The last record of a call is not processed, and the answer says so").ChangeAsync(true);
        Assert.Equal(
            [
                (SandboxService.Lago, FaultKind.Throttle), (SandboxService.Aws, FaultKind.LostAnswer),
                (SandboxService.Azure, FaultKind.Latency), (SandboxService.Google, FaultKind.Unprocessed),
            ],
            _control.Faults.Active.Select(fault => (fault.Service, fault.Kind)));
        await PressAsync("Switch all off");

        Assert.Empty(_control.Faults.Active);
    }

    [Fact]
    public void A_viewer_sees_all_and_can_change_nothing()
    {
        IRenderedComponent<SandboxPage> page = ShowOpen(Role.Viewer);

        Assert.Contains("Operators and administrators press the buttons here.", page.Markup, StringComparison.Ordinal);
        Assert.All(
            page.FindAll("button").Where(button => !button.TextContent.Contains("Copy", StringComparison.Ordinal)),
            button => Assert.True(button.HasAttribute("disabled"), button.TextContent));
    }

    /// <summary>Usage of the hour before, at each marketplace.</summary>
    private void Bill()
    {
        DateTimeOffset hour = new(2026, 4, 29, 9, 0, 0, TimeSpan.Zero);
        Guid resource = new("7c1f3c52-9a40-4e6e-8d0b-3f6a1c2d4e5f");
        _world.Aws.Meter(
            "us-east-1",
            productCode: null,
            [new AwsUsageRecord(hour, "usage_fee", 42, "222222222222", "arn:aws:license-manager::111111111111:license:l-0123456789abcdef0123456789abcdef", CustomerIdentifier: null, [])],
            leftUnprocessed: 0);
        _world.Azure.Meter(
            SandboxKeys.AzureApp.ClientId,
            [
                new AzureUsageEvent([], resource, 20, "usage_fee", hour, "gold", Problem: null),
                new AzureUsageEvent([], resource, 10.5m, "usage_fee", hour.AddHours(-1), "gold", Problem: null),
            ],
            leftUnprocessed: 0);
        _world.Google.Report(
            GoogleCaller.Service,
            [
                new GoogleOperation("a", "project_number:404012345678", hour, hour.AddHours(1), GoogleCaller.Service + "/gold_usage_fee", 1_250, "a"),
                new GoogleOperation("b", "project_number:404012345678", hour, hour.AddHours(1), GoogleCaller.Service + "/gold_api_units", 3, "b"),
            ],
            leftUnprocessed: 0);
    }

    private IRenderedComponent<SandboxPage> ShowOpen(Role role = Role.Admin)
    {
        SignIn(role: role);
        Services.AddSingleton(_control);
        return Show<SandboxPage>();
    }
}
