using System.Net.Http.Headers;
using System.Text.Json;
using LagoConsole.Sandbox;
using LagoConsole.Sandbox.Lago;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace LagoConsole.Tests.Sandbox;

/// <summary>An unfurnished world in memory on a fake clock, and the requests that tests make to it.</summary>
internal sealed class SandboxWorlds : IDisposable
{
    public const string ApiKey = "key-of-the-test";

    public SandboxWorlds(DateTimeOffset now, string? folder = null, bool grows = false, bool furnished = false)
    {
        Clock = new FakeTimeProvider(now);
        World = new SandboxWorld(Clock, new SandboxOptions { Folder = folder, Seed = 7, Grows = grows, Furnished = furnished });
        Control = new SandboxControl(World);
        if (World.Lago.Read(state => !state.ApiKeys.ContainsKey(ApiKey)))
        {
            Control.AddLagoKey(ApiKey);
        }
    }

    public FakeTimeProvider Clock { get; }

    public SandboxWorld World { get; }

    public SandboxControl Control { get; }

    public DateTimeOffset Now => Clock.GetUtcNow();

    public void Plan(string code, string currency, params LagoCharge[] charges) =>
        Control.Save(new LagoPlan(code, code, currency, AmountCents: 0, LagoInterval.Monthly, PayInAdvance: false, charges));

    public void Subscribe(string customer, string subscription, string plan, string? timeZone = null, int? graceDays = null)
    {
        Control.AddCustomer(new LagoCustomer(customer, customer, timeZone, GracePeriodDays: graceDays));
        Control.AddSubscription(customer, subscription, plan);
    }

    public void Send(string subscription, string metric, decimal value, DateTimeOffset? at = null) =>
        Control.Send(new LagoEvent(Guid.NewGuid().ToString(), subscription, metric, at ?? Now, value));

    public void Count(string subscription, string metric, int events) => Control.SendUsage(subscription, metric, events);

    public long AmountOf(string customer, string subscription) =>
        Lago($"customers/{customer}/current_usage?external_subscription_id={subscription}&apply_taxes=false")
            .GetProperty("customer_usage").GetProperty("amount_cents").GetInt64();

    /// <summary>A GET that is expected to answer 200.</summary>
    public JsonElement Lago(string target)
    {
        SandboxResponse answer = Get(target);
        Assert.Equal(200, answer.Status);
        return JsonDocument.Parse(answer.Body).RootElement;
    }

    public SandboxResponse Get(string target, string? key = ApiKey, string method = "GET")
    {
        Dictionary<string, string> headers = new(StringComparer.OrdinalIgnoreCase);
        if (key is not null)
        {
            headers["Authorization"] = new AuthenticationHeaderValue("Bearer", key).ToString();
        }

        return World.Lago.Requests.Answer(new SandboxRequest(method, "/sandbox/lago/api/v1/" + target, headers, ReadOnlyMemory<byte>.Empty));
    }

    public void Dispose() => World.Dispose();
}
