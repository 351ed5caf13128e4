using System.Collections.Concurrent;
using System.Text.Json;
using LagoConsole.Core.Integrations;
using LagoConsole.Core.Lago;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Xunit;
using static LagoConsole.Tests.Lago.LagoServer;

namespace LagoConsole.Tests.Lago;

public sealed class LagoKeyTests : LagoTest
{
    [Fact]
    public void A_key_shows_its_last_four_characters_and_no_more()
    {
        LagoApiKey key = LagoApiKey.Parse($" {Key}\n");

        Assert.Equal("•••• 4a5b", key.ToString());
        Assert.Equal("4a5b", key.LastFour);
        Assert.Equal("", LagoApiKey.Parse("short").LastFour);
        Assert.DoesNotContain(Key, JsonSerializer.Serialize(key), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("  ")]
    [InlineData("sec ret")]
    [InlineData("sec\nret")]
    [InlineData("secrét")]
    public void What_no_header_can_carry_is_refused_without_being_repeated(string? typed)
    {
        Assert.False(LagoApiKey.TryParse(typed, out LagoApiKey? key, out string? problem));
        Assert.Null(key);
        Assert.DoesNotContain("ret", problem, StringComparison.Ordinal);
        ArgumentException refusal = Assert.Throws<ArgumentException>(() => LagoApiKey.Parse(typed!));
        Assert.DoesNotContain("sec", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_of_any_length_that_Lago_could_give_is_taken()
    {
        Assert.True(LagoApiKey.TryParse(new string('k', 200), out _, out _));
        Assert.False(LagoApiKey.TryParse(new string('k', 201), out _, out _));
    }

    [Fact]
    public async Task Each_client_sends_its_own_key()
    {
        LagoClientFactory clients = Services.GetRequiredService<LagoClientFactory>();

        await clients.Create(Server.BaseAddress, LagoApiKey.Parse("key-one"), "i").GetOrganizationAsync(Token);
        await clients.Create(Server.BaseAddress, LagoApiKey.Parse("key-two"), "i").GetOrganizationAsync(Token);

        Assert.Equal(["Bearer key-one", "Bearer key-two"], Server.Authorizations);
    }

    [Fact]
    public async Task No_answer_message_or_log_line_holds_the_key()
    {
        LogCatcher log = new();
        ServiceCollection services = new();
        services.AddSingleton<TimeProvider>(Clock);
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(log));
        Settings["Lago:RequestTimeout"] = "00:00:00.300";
        services.AddLago(new ConfigurationBuilder().AddInMemoryCollection(Settings).Build());
        await using ServiceProvider provider = services.BuildServiceProvider();
        LagoClientFactory clients = provider.GetRequiredService<LagoClientFactory>();
        LagoApiKey key = LagoApiKey.Parse(Key);
        LagoClient lago = clients.Create(Server.BaseAddress, key, "i");
        List<string> said = [$"{key}", string.Concat(clients, lago)];

        // A server that repeats the key wherever it can.
        string echo = $"{{\"status\":403,\"error\":\"{Key}\",\"code\":\"{Key}\"}}";
        Server.Next(
            Json(200, LagoAnswers.Organization), Json(200, echo), Body(200, "text/plain", Key), Json(401, echo), Json(403, echo), Json(422, echo),
            Body(302, "text/html", Key, ("Location", $"/{Key}")), Stall);
        for (int call = 0; call < 8; call++)
        {
            LagoAnswer<OrganizationResponse> answer = await lago.GetOrganizationAsync(Token);
            said.AddRange([answer.ToString(), (answer as LagoAnswer<OrganizationResponse>.Failed)?.Failure.Sentence ?? ""]);
        }

        Server.Otherwise = Json(500, echo);
        said.Add((await lago.GetOrganizationAsync(Token)).ToString());
        Server.Otherwise = Json(429, echo);
        said.Add((await lago.GetOrganizationAsync(Token)).ToString());
        Server.Otherwise = Drop;
        said.Add((await lago.GetOrganizationAsync(Token)).ToString());
        Server.Otherwise = Json(401, echo);
        said.Add((await provider.GetRequiredService<LagoVerifier>().VerifyAsync(LagoRegion.Us, Server.BaseAddress, key, "i", Token)).ToString());

        Assert.All(Server.Authorizations, sent => Assert.Equal($"Bearer {Key}", sent)); // it was there to leak
        Assert.NotEmpty(log.Lines); // repetitions are logged
        Assert.All(said.Concat(log.Lines), line => Assert.DoesNotContain(Key, line, StringComparison.OrdinalIgnoreCase));
    }

    [Theory]
    [InlineData("Lago:RequestsPerSecond", "0", "RequestsPerSecond")]
    [InlineData("Lago:ConcurrentRequests", "65", "ConcurrentRequests")]
    [InlineData("Lago:RequestTimeout", "00:00:00", "RequestTimeout")]
    [InlineData("Lago:MaxResponseBytes", "12", "MaxResponseBytes")]
    [InlineData("Lago:AllowedHosts:0", "https://lago.internal", "AllowedHosts")]
    [InlineData("Lago:AllowedHosts:0", "lago.internal/api", "AllowedHosts")]
    public void A_bad_setting_stops_the_start_by_name(string setting, string value, string named)
    {
        Settings[setting] = value;

        OptionsValidationException refusal = Assert.Throws<OptionsValidationException>(
            Services.GetRequiredService<IStartupValidator>().Validate);

        Assert.Contains(named, refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("relative")]
    [InlineData("ftp://lago.example.com")]
    [InlineData("https://user@lago.example.com")]
    public void A_client_is_not_made_for_an_address_that_is_none(string address) =>
        Assert.Throws<ArgumentException>(() => Services.GetRequiredService<LagoClientFactory>()
            .Create(new Uri(address, UriKind.RelativeOrAbsolute), LagoApiKey.Parse(Key), "i"));

    private sealed class LogCatcher : ILoggerProvider, ILogger
    {
        private readonly ConcurrentQueue<string> _lines = new();

        public string[] Lines => [.. _lines];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
        {
            _lines.Enqueue(state.ToString()!);
            return null;
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            _lines.Enqueue($"{formatter(state, exception)} {exception}");

        public void Dispose()
        {
        }
    }
}
