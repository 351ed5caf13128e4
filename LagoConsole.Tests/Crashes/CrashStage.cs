using LagoConsole.Core.Buyers;
using LagoConsole.Core.Conversion;
using LagoConsole.Core.Integrations;
using LagoConsole.Core.Polling;
using LagoConsole.Core.Products;
using LagoConsole.Core.Scheduling;
using LagoConsole.Core.Time;
using LagoConsole.Sandbox;
using LagoConsole.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace LagoConsole.Tests.Crashes;

/// <summary>
/// The real process on a data folder that outlives it, furnished once through the real services: three buyers, linked from
/// zero, auto report on, hourly. Usage comes only while the process is down, so that what Lago counted stands still while
/// the console works, and its bill can be checked to the cent. It starts in the middle of a month: no period ends.
/// </summary>
internal sealed class CrashStage : IAsyncDisposable
{
    private readonly ConsoleProcess _console = new();
    private readonly List<(string Key, string Value)> _settings =
    [
        ("Reporting:Lease", "00:00:11"), // a lease of a dead process is waited out: it is just longer than any call may take
        ("Aws:RequestTimeout", "00:00:05"), ("Azure:RequestTimeout", "00:00:05"), ("Google:RequestTimeout", "00:00:05"),
        ("Logging:LogLevel:Microsoft.Hosting.Lifetime", "Information"), // where it listens
    ];

    private CrashStage() => Books = new CrashBooks(_console.DataFolder);

    /// <summary>What the console has written, read from outside.</summary>
    public CrashBooks Books { get; }

    /// <summary>What Lago counted: the highest total that each key ever showed.</summary>
    public LagoCount Counted { get; } = new();

    public string Output => _console.Output;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private string SandboxFolder => Path.Combine(_console.DataFolder, "sandbox");

    private string OffsetFile => Path.Combine(SandboxFolder, "clock-offset.txt");

    /// <param name="onlyWhatIsDue">No hourly safety net: reporting runs after polls, resends and recoveries only.</param>
    public static async Task<CrashStage> OpenAsync(bool onlyWhatIsDue)
    {
        CrashStage stage = new();
        if (onlyWhatIsDue)
        {
            stage._settings.AddRange([("Scheduling:ReportCron", "0 0 0 1 1 ?"), ("Scheduling:CloseCron", "0 0 0 1 1 ?"), ("Scheduling:ReconcileCron", "0 0 0 1 1 ?"), ("Scheduling:MaintenanceCron", "0 0 0 1 1 ?")]);
        }

        await stage.FurnishAsync();
        return stage;
    }

    /// <summary>
    /// With the process down: an hour passes and brings usage, of which some always makes whole units on several meters and
    /// leaves remainders. Then it is six minutes past the hour: the poll of minute 5 is due.
    /// </summary>
    /// <returns>The virtual hour that has just begun.</returns>
    public DateTimeOffset LetAnHourPass()
    {
        ShiftableClock clock = new(OffsetFile);
        using SandboxWorld world = Open(clock);
        SandboxControl sandbox = new(world);
        DateTimeOffset hour = ReportingWindow.FloorToHour(clock.GetUtcNow()).AddHours(1);
        sandbox.SwitchGrowth(true);
        clock.MoveForward(hour.AddMinutes(6) - clock.GetUtcNow());
        sandbox.SwitchGrowth(false);
        sandbox.SendUsage("acme-prod", "api_calls", 67); // 1.34 USD: one unit and a remainder
        sandbox.SendUsage("globex.prod", "api_calls", 171); // 3.42 USD: three units and a remainder
        sandbox.SendUsage("stark-1", "storage_gb", 2.5m); // 1.25 USD: 125 units
        Counted.Note(sandbox.Summary());
        return hour;
    }

    /// <summary>With the process down: what the interrupted poll saw is not what the next one sees.</summary>
    public void UseWhileDown()
    {
        using SandboxWorld world = Open(new ShiftableClock(OffsetFile));
        SandboxControl sandbox = new(world);
        sandbox.SendUsage("acme-prod", "api_calls", 9);
        sandbox.SendUsage("stark-1", "api_calls", 9);
        Counted.Note(sandbox.Summary());
    }

    /// <summary>With the process down: what AWS has taken, from its own journal.</summary>
    public SandboxAwsBill AwsBill()
    {
        using SandboxWorld world = Open(new ShiftableClock(OffsetFile));
        return new SandboxControl(world).AwsBill();
    }

    public Task StartAsync() => _console.StartAsync([.. _settings]);

    /// <summary>Starts it and waits until it has killed itself at that step.</summary>
    public async Task StartAndDieAtAsync(string step)
    {
        try
        {
            await _console.StartAsync([.. _settings, ("Sandbox:CrashAt", step)]);
        }
        catch (InvalidOperationException) when (_console.HasEnded)
        {
            // It was dead before its word that it listens had arrived here.
        }

        try
        {
            await _console.WaitForEndAsync(TimeSpan.FromMinutes(3));
        }
        catch (TimeoutException)
        {
            Assert.Fail($"The console did not reach {step}:\n{Output}\n{await Books.DescribeAsync()}");
        }
    }

    /// <summary><c>kill -9</c>.</summary>
    public Task KillAsync() => _console.KillAsync();

    /// <summary>Waits while the process works until it has seen what Lago shows and nothing is left to report.</summary>
    /// <param name="also">A further condition; null for none.</param>
    public async Task WaitUntilQuietAsync(Func<Task<string?>>? also = null)
    {
        TimeSpan patience = TimeSpan.FromMinutes(4);
        long started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            DateTimeOffset now = new ShiftableClock(OffsetFile).GetUtcNow();
            string? unfinished = await Books.UnfinishedAsync(Counted, now) ?? (also is null ? null : await also());
            if (unfinished is null)
            {
                return;
            }

            Assert.False(_console.HasEnded, $"The console ended by itself:\n{Output}");
            if (TimeProvider.System.GetElapsedTime(started) > patience)
            {
                Assert.Fail($"Still unfinished: {unfinished}\n{await Books.DescribeAsync()}\n{Output}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(300), TimeProvider.System, Stop);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Books.DisposeAsync();
        await _console.DisposeAsync();
    }

    private SandboxWorld Open(ShiftableClock clock) => new(clock, new SandboxOptions { Folder = SandboxFolder });

    private async Task FurnishAsync()
    {
        Directory.CreateDirectory(SandboxFolder);
        ShiftableClock clock = new(OffsetFile);
        clock.MoveForward(MiddleOfMonth(clock.GetUtcNow()) - clock.GetUtcNow());

        await using ConsoleFactory console = new("Development", [("Database:DataFolder", _console.DataFolder), .. _settings]);
        console.UseKestrel(0); // the console's clients reach the sandbox over a socket
        console.StartServer();
        IServiceProvider services = console.Services;
        services.GetRequiredService<SandboxControl>().SwitchGrowth(false);

        IntegrationService integrations = services.GetRequiredService<IntegrationService>();
        Guid integration = Assert.IsType<ConnectOutcome.Connected>(await integrations.ConnectAsync(
            ConsoleWorld.Admin,
            new ConnectIntegration { ApiKey = SandboxKeys.LagoApiKey, BillingMode = BillingMode.AmountHourly, Region = LagoRegion.Sandbox },
            Stop)).Id;
        Assert.IsType<VerifyOutcome.Verified>(await integrations.VerifyAsync(ConsoleWorld.Admin, integration, Stop));

        Guid platform = await ProductAsync(services, "Vendor Platform", null, ("api_units", "1.00", ["api_calls"]), ("usage_fee", "0.01", ["storage_gb"]));
        Guid legacy = await ProductAsync(services, "Vendor Platform (legacy)", CrashBooks.LegacyProduct, ("usage_fee", "0.01", ["api_calls", "storage_gb"]));
        DateTimeOffset since = clock.GetUtcNow().AddDays(-30);
        await BuyerAsync(services, integration, platform, "cus_acme", "222222222222", ConsoleWorld.Licence, since);
        await BuyerAsync(services, integration, platform, "globex.example", "333333333333", CrashBooks.GlobexLicence, since);
        await BuyerAsync(services, integration, legacy, "Stark Industries", "444444444444", licence: null, since);
        Assert.IsType<AutoReportOutcome.On>(await services.GetRequiredService<AutoReportService>()
            .TurnOnAsync(ConsoleWorld.Admin, integration, AutoReportStart.ReportIt, Stop));
        await services.GetRequiredService<ScheduleSync>().RequestAsync(Stop); // as the page does: from now on a missed poll is made up
    }

    private static async Task<Guid> ProductAsync(
        IServiceProvider services, string name, string? code, params (string Key, string Price, string[] Metrics)[] dimensions)
    {
        ProductService products = services.GetRequiredService<ProductService>();
        ConversionService conversions = services.GetRequiredService<ConversionService>();
        Guid product = Saved(await products.CreateAsync(
            ConsoleWorld.Admin, new NewProduct { Name = name, AwsRegion = "us-east-1", AwsProductCode = code }, Stop));
        foreach ((string key, string price, string[] metrics) in dimensions)
        {
            Guid dimension = Saved(await products.AddDimensionAsync(
                ConsoleWorld.Admin, new NewDimension { ProductId = product, Key = key, Name = key, Currency = "USD", UnitPrice = price }, Stop));
            foreach (string metric in metrics)
            {
                Saved(await conversions.AddAsync(
                    ConsoleWorld.Admin, new NewConversion { ProductId = product, MetricCode = metric, DimensionId = dimension }, Stop));
            }
        }

        return product;
    }

    private static async Task BuyerAsync(
        IServiceProvider services, Guid integration, Guid product, string customer, string account, string? licence, DateTimeOffset since)
    {
        Guid buyer = Assert.IsType<BuyerOutcome.Saved>(await services.GetRequiredService<BuyerService>()
            .CreateAsync(ConsoleWorld.Admin, new NewBuyer { Name = customer }, Stop)).Id;
        Assert.IsType<BuyerOutcome.Saved>(await services.GetRequiredService<EntitlementService>().CreateAsync(
            ConsoleWorld.Admin,
            new NewEntitlement { BuyerId = buyer, ProductId = product, AwsAccountId = account, AwsLicenseArn = licence, StartsAt = since },
            Stop));
        BuyerLinkService links = services.GetRequiredService<BuyerLinkService>();
        LinkPreview preview = Assert.IsType<LinkPreviewOutcome.Ready>(
            await links.PreviewAsync(ConsoleWorld.Admin, buyer, integration, customer, Stop)).Preview;
        Assert.IsType<LinkSaveOutcome.Saved>(await links.SaveAsync(
            ConsoleWorld.Admin, preview, LinkStart.FromZero, new Dictionary<string, long>(StringComparer.Ordinal), oldMoney: null, Stop));
    }

    private static Guid Saved(ProductOutcome outcome) => Assert.IsType<ProductOutcome.Saved>(outcome).Id;

    /// <summary>
    /// The next 10th at noon. Calendar months end long after it, and the furnished anniversaries fall on the 19th to 21st.
    /// </summary>
    private static DateTimeOffset MiddleOfMonth(DateTimeOffset now)
    {
        DateTimeOffset tenth = new(now.Year, now.Month, 10, 12, 50, 0, TimeSpan.Zero);
        return tenth > now ? tenth : tenth.AddMonths(1);
    }
}
