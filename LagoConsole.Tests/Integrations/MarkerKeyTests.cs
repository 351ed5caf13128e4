using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Runtime.ExceptionServices;
using System.Text;
using LagoConsole.Core.Buyers;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.History;
using LagoConsole.Core.Integrations;
using LagoConsole.Core.Lago;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Polling;
using LagoConsole.Core.Security;
using LagoConsole.Sandbox;
using LagoConsole.Sandbox.Lago;
using LagoConsole.Tests.Exports;
using LagoConsole.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace LagoConsole.Tests.Integrations;

/// <summary>One API key through the whole console, and an ear at everything that the console says.</summary>
public sealed class MarkerKeyTests : IAsyncLifetime
{
    /// <summary>Of the keys here; their last four characters are shown on purpose.</summary>
    private const string Marker = "MARKER5b0c9e4d7a61";

    private const string Key = $"lago-{Marker}-1234";
    private const string NextKey = $"lago-{Marker}-next-5678";

    private static readonly Actor _admin = new("ada", Role.Admin);

    private readonly Ear _ear = new(Marker);
    private readonly string _folder = Directory.CreateTempSubdirectory("lagoconsole-test-").FullName;
    private WebApplication _lago = null!;
    private ConsoleFactory _factory = null!;
    private WebApplicationFactory<Program> _console = null!;

    /// <summary>What Lago answers everything with; null where it works. It says the key again wherever it can.</summary>
    private Func<HttpContext, string, Task>? _answer;

    private int _asked;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { EnvironmentName = "Testing" });
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRoutingCore();
        builder.Services.AddSandbox(builder.Environment, options => (options.Furnished, options.Grows) = (true, false));
        _lago = builder.Build();
        _lago.Use((context, next) =>
        {
            Interlocked.Increment(ref _asked);
            return _answer is { } answer ? answer(context, context.Request.Headers.Authorization.ToString()) : next(context);
        });
        _lago.UseRouting();
        _lago.MapSandbox();
        await _lago.StartAsync(Stop);
        SandboxControl sandbox = _lago.Services.GetRequiredService<SandboxControl>();
        sandbox.AddLagoKey(Key);
        sandbox.AddLagoKey(NextKey);

        _factory = new ConsoleFactory(
            "Testing", ("Database:DataFolder", _folder), ("Lago:AllowedHosts:0", new Uri(_lago.Urls.Single()).Authority),
            ("Lago:FaultRetries", "1"), ("Lago:RateLimitRetries", "1"), ("Lago:LongestRetryDelay", "00:00:00.100"));
        _console = _factory.WithWebHostBuilder(host => host.ConfigureLogging(logging => logging.AddProvider(_ear).AddFilter<Ear>(_ => true)));
    }

    public async ValueTask DisposeAsync()
    {
        await _console.DisposeAsync();
        await _factory.DisposeAsync();
        await _lago.DisposeAsync();
        _ear.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_key_is_in_no_log_error_trace_history_audit_export_page_or_file()
    {
        IntegrationService integrations = Get<IntegrationService>();
        Guid id = Assert.IsType<ConnectOutcome.Connected>(await integrations.ConnectAsync(
            _admin,
            new ConnectIntegration { ApiKey = Key, BillingMode = BillingMode.AmountHourly, Region = LagoRegion.SelfHosted, Url = new Uri(new Uri(_lago.Urls.Single()), LagoApi.Root).ToString() },
            Stop)).Id;
        Assert.IsType<VerifyOutcome.Verified>(await integrations.VerifyAsync(_admin, id, Stop));
        Guid buyer = Assert.IsType<BuyerOutcome.Saved>(await Get<BuyerService>().CreateAsync(_admin, new NewBuyer { Name = "Acme" }, Stop)).Id;
        LinkPreview preview = Assert.IsType<LinkPreviewOutcome.Ready>(await Get<BuyerLinkService>().PreviewAsync(_admin, buyer, id, "cus_acme", Stop)).Preview;
        Assert.IsType<LinkSaveOutcome.Saved>(await Get<BuyerLinkService>().SaveAsync(_admin, preview, LinkStart.FromZero, new Dictionary<string, long>(), oldMoney: null, Stop));
        Assert.IsType<AutoReportOutcome.On>(await Get<AutoReportService>().TurnOnAsync(_admin, id, AutoReportStart.ReportIt, Stop));
        List<string> said = [await PollAsync(id)];

        foreach (Func<HttpContext, string, Task> answer in Failures)
        {
            _answer = null;
            Assert.IsType<VerifyOutcome.Verified>(await integrations.VerifyAsync(_admin, id, Stop));
            _answer = answer;
            said.Add(await PollAsync(id));
            said.Add((await integrations.VerifyAsync(_admin, id, Stop)).ToString()!);
            said.Add((await Get<BuyerLinkService>().PreviewAsync(_admin, buyer, id, "cus_acme", Stop)).ToString()!);
            said.Add((await Get<IntegrationService>().ConnectAsync(
                _admin, new ConnectIntegration { ApiKey = Key + "-typed", BillingMode = BillingMode.AmountDaily, Region = LagoRegion.SelfHosted, Url = _lago.Urls.Single() }, Stop)).ToString()!);
        }

        _answer = null;
        said.Add((await EditAsync(id)).ToString()!);
        said.Add(await PollAsync(id));

        using HttpClient person = await SignInAsync();
        string[] pages = [.. await PagesAsync(person)];
        Assert.True(_asked > 50); // each of them with the key
        Assert.Contains(said, sentence => sentence.Contains("Failed", StringComparison.Ordinal)); // a poll did
        Assert.Contains(pages, page => page.Contains("5678", StringComparison.Ordinal)); // the end of the key, on purpose
        Assert.True(_ear.Heard > 1_000, $"Only {_ear.Heard} lines and tags were heard.");
        Assert.Empty(_ear.Leaks);
        Assert.DoesNotContain(said.Concat(pages), text => text.Contains(Marker, StringComparison.OrdinalIgnoreCase));
        foreach (string file in Directory.EnumerateFiles(_folder, "*.db*", SearchOption.AllDirectories))
        {
            await using FileStream stream = new(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using MemoryStream bytes = new();
            await stream.CopyToAsync(bytes, Stop);
            Assert.True(bytes.ToArray().AsSpan().IndexOf(Encoding.UTF8.GetBytes(Marker)) < 0, $"{file} holds the key.");
        }
    }

    private static Func<HttpContext, string, Task>[] Failures =>
    [
        (context, key) => SayAsync(context, 401, key),
        (context, key) => SayAsync(context, 403, key),
        (context, key) => SayAsync(context, 404, key),
        (context, key) => SayAsync(context, 429, key),
        (context, key) => SayAsync(context, 500, key),
        (context, key) => SayAsync(context, 200, key), // no Lago would
        (context, key) =>
        {
            context.Response.Redirect($"/{Uri.EscapeDataString(key)}");
            return Task.CompletedTask;
        },
        (context, _) =>
        {
            context.Abort();
            return Task.CompletedTask;
        },
    ];

    private static Task SayAsync(HttpContext context, int status, string key)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        context.Response.Headers["X-Request-Id"] = key;
        return context.Response.WriteAsync($$"""{"status":{{status}},"error":"{{key}}","code":"{{key}}","error_details":{"{{key}}":["{{key}}"]} }""", context.RequestAborted);
    }

    private T Get<T>()
        where T : notnull => _console.Services.GetRequiredService<T>();

    private async Task<EditOutcome> EditAsync(Guid id)
    {
        await using LagoConsoleDbContext db = await Get<IDbContextFactory<LagoConsoleDbContext>>().CreateDbContextAsync(Stop);
        Integration stored = await db.Integrations.AsNoTracking().SingleAsync(row => row.Id == id, Stop);
        EditOutcome outcome = await Get<IntegrationService>().EditAsync(
            _admin, new EditIntegration { Id = id, SeenSettings = IntegrationSettings.Stamp(stored), BillingMode = stored.BillingMode, NewApiKey = NextKey }, Stop);
        Assert.IsType<VerifyOutcome.Verified>(await Get<IntegrationService>().VerifyAsync(_admin, id, Stop));
        return outcome;
    }

    /// <summary>By the scheduler, as at each hour; returns what the history says of it.</summary>
    private async Task<string> PollAsync(Guid id)
    {
        JobHistory history = Get<JobHistory>();
        JobRunFilter polls = new(Job: PollUsageJob.KeyOf(id));
        int before = (await history.ListRunsAsync(polls, 0, 1, Stop)).Total;
        for (int attempt = 0; await Get<JobControl>().RunNowAsync(_admin, PollUsageJob.KeyOf(id), Stop) is not RunNowOutcome.Started; attempt++)
        {
            Assert.True(attempt < 100, "The poll never started.");
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, Stop);
        }

        for (int attempt = 0; ; attempt++)
        {
            JobRunPage runs = await history.ListRunsAsync(polls, 0, 1, Stop);
            if (runs.Total > before)
            {
                return runs.Runs[0].ToString();
            }

            Assert.True(attempt < 300, "The poll never ended.");
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, Stop);
        }
    }

    private async Task<HttpClient> SignInAsync()
    {
        HttpClient browser = _console.CreateClient(new WebApplicationFactoryClientOptions { AllowAutoRedirect = false, BaseAddress = new Uri("https://localhost") });
        using HttpResponseMessage signedIn = await ExportConsole.SignInAsync(browser, "Admin");
        Assert.Equal(HttpStatusCode.Redirect, signedIn.StatusCode);
        return browser;
    }

    /// <summary>Every page and every export, with the headers of its answer.</summary>
    private async Task<List<string>> PagesAsync(HttpClient browser)
    {
        List<string> all = [];
        foreach (string route in _console.Services.GetServices<EndpointDataSource>().SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Contains("GET") != false)
            .Select(endpoint => endpoint.RoutePattern.RawText!.TrimStart('/')).Distinct(StringComparer.Ordinal)
            .Where(route => !route.Contains('{', StringComparison.Ordinal) && !route.StartsWith('_') && !route.Contains('.', StringComparison.Ordinal)))
        {
            using HttpResponseMessage answer = await browser.GetAsync($"/{route}?of={Guid.Empty}&marketplace=Aws", Stop);
            all.Add($"{answer} {await answer.Content.ReadAsStringAsync(Stop)}");
        }

        Assert.True(all.Count > 40); // or the search finds nothing
        return all;
    }

    /// <summary>Hears logs of every level, traces of every source, and every exception that is thrown, and keeps those that hold the word.</summary>
    private sealed class Ear : ILoggerProvider, ILogger
    {
        private readonly string _word;
        private readonly ActivityListener _traces;
        private int _heard;

        public Ear(string word)
        {
            _word = word;
            _traces = new ActivityListener
            {
                ShouldListenTo = _ => true,
                Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
                ActivityStopped = Hear,
            };
            ActivitySource.AddActivityListener(_traces);
            AppDomain.CurrentDomain.FirstChanceException += Hear;
        }

        public ConcurrentQueue<string> Leaks { get; } = new();

        public int Heard => _heard;

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
        {
            Hear(state.ToString());
            return null;
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            Hear($"{formatter(state, exception)} {exception}");
            foreach (KeyValuePair<string, object?> field in state as IEnumerable<KeyValuePair<string, object?>> ?? [])
            {
                Hear(field.Value?.ToString());
            }
        }

        public void Dispose()
        {
            AppDomain.CurrentDomain.FirstChanceException -= Hear;
            _traces.Dispose();
        }

        private void Hear(Activity activity)
        {
            Hear($"{activity.DisplayName} {activity.StatusDescription} {activity.TraceStateString}");
            foreach (KeyValuePair<string, object?> tag in activity.TagObjects.Concat(activity.Events.SelectMany(note => note.Tags)))
            {
                Hear(tag.Value?.ToString());
            }

            foreach (KeyValuePair<string, string?> baggage in activity.Baggage)
            {
                Hear(baggage.Value);
            }
        }

        private void Hear(object? sender, FirstChanceExceptionEventArgs thrown) => Hear(thrown.Exception.Message);

        private void Hear(string? said)
        {
            Interlocked.Increment(ref _heard);
            if (said?.Contains(_word, StringComparison.OrdinalIgnoreCase) == true)
            {
                Leaks.Enqueue(said);
            }
        }
    }
}
