using LagoConsole.Core.Lago;
using LagoConsole.Core.Notifications;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Reporting;
using LagoConsole.Core.Security;
using LagoConsole.Core.Waiting;
using LagoConsole.Tests.Accounts;
using LagoConsole.Tests.Support;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace LagoConsole.Tests.Notifications;

/// <summary>The services of notifications on a real SQLite file and real sockets of the loopback interface, which is allowed here. Noon on 20 August 2026.</summary>
internal sealed class NotificationStage : IAsyncDisposable
{
    public const string Key = "0123456789abcdef";

    public static readonly DateTimeOffset Noon = new(2026, 8, 20, 12, 0, 0, TimeSpan.Zero);

    public static readonly Cause Books = new("books", CauseKinds.BooksNotBalanced, "The books do not balance.", "/books");

    private readonly EphemeralDataProtectionProvider _keys = new();
    private readonly ServiceProvider _services;

    /// <param name="allowed">Host that may be called in the clear and on the inside; null: none.</param>
    public NotificationStage(string? allowed = "127.0.0.1")
    {
        Allowed = allowed;
        _services = Start();
    }

    public static Actor Admin { get; } = new("ada", Role.Admin);

    public TestDatabase Database { get; } = new();

    public AccountStage.HandClock Clock { get; } = new(Noon);

    public NotificationStore Store => Get<NotificationStore>();

    public NotificationCourier Courier => Get<NotificationCourier>();

    public ChannelService Channels => Get<ChannelService>();

    private string? Allowed { get; }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    /// <summary>The console started anew on the same database: everything in memory is gone.</summary>
    public ServiceProvider Start() => new ServiceCollection()
        .AddSingleton<TimeProvider>(Clock)
        .AddSingleton<IDbContextFactory<LagoConsoleDbContext>>(Database)
        .AddSingleton<IDataProtectionProvider>(_keys)
        .AddSingleton(new SendLimits(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2)))
        .AddOptions<ReportingOptions>().Services
        .AddLago(new ConfigurationBuilder().AddInMemoryCollection(Allowed is null ? [] : [new("Lago:AllowedHosts:0", Allowed)]).Build())
        .AddWaiting().AddNotifications()
        .BuildServiceProvider();

    public static ChannelInput Webhook(string address, string name = "Hook") => new()
    {
        Kind = ChannelKind.Webhook,
        Name = name,
        Address = address,
        Secret = Key,
        ConsoleAddress = "https://console.example/",
        Template = MessageTemplate.Plain,
    };

    public static ChannelInput Email(int port, string name = "Mail") => new()
    {
        Kind = ChannelKind.Email,
        Name = name,
        SmtpHost = "127.0.0.1",
        SmtpPort = port,
        SmtpSecurity = SmtpSecurity.None,
        SmtpUser = "console",
        Secret = "mail-pa55word",
        FromAddress = "LagoConsole <console@vendor.example>",
        ToAddresses = "ada@vendor.example, finance@vendor.example",
        ConsoleAddress = "https://console.example",
    };

    public async Task<Guid> AddAsync(ChannelInput input) => Assert.IsType<ChannelOutcome.Saved>(await Channels.AddAsync(Admin, input, Stop)).Id;

    public async Task<IReadOnlyList<NotificationDelivery>> LogAsync() =>
        [.. (await Get<NotificationQueries>().ListDeliveriesAsync(new DeliveryFilter(), 0, 100, Stop)).Rows.Reverse()];

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        Database.Dispose();
    }
}
