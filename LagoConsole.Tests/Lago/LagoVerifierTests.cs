using LagoConsole.Core.Integrations;
using LagoConsole.Core.Lago;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using static LagoConsole.Tests.Lago.LagoServer;

namespace LagoConsole.Tests.Lago;

public sealed class LagoVerifierTests : LagoTest
{
    private readonly Dictionary<string, RequestDelegate> _answers = new(StringComparer.Ordinal)
    {
        ["organization"] = Json(200, LagoAnswers.Organization),
        ["customer"] = Json(200, LagoAnswers.Customers(1, 2, ("l", "a"))),
        ["subscription"] = Json(200, LagoAnswers.Subscriptions(1, null)),
        ["billable_metric"] = Json(200, LagoAnswers.Metrics()),
        ["customer_usage"] = Json(404, LagoAnswers.NotFound),
        ["invoice"] = Json(404, """{"status":404,"error":"Not Found","code":"invoice_not_found"}"""),
    };

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Server.Otherwise = context => _answers[Resource(context.Request.Path.Value!)](context);
    }

    [Fact]
    public async Task A_good_key_is_verified_by_six_calls_that_touch_no_customer()
    {
        VerificationOutcome.Verified verified = Assert.IsType<VerificationOutcome.Verified>(await VerifyAsync());

        Assert.Equal("0f2c7a10-1111-4a6b-8a11-000000000001", verified.OrganizationLagoId);
        Assert.Equal(("Harbour Software", "USD"), (verified.OrganizationName, verified.DefaultCurrency));
        Assert.Equal(
            ["organization", "customer", "subscription", "billable_metric", "customer_usage", "invoice"], verified.Permissions, StringComparer.Ordinal);
        Assert.Equal(6, Server.Targets.Length);
        Assert.All(Server.Targets[1..4], target => Assert.Contains("per_page=1", target, StringComparison.Ordinal));
        Assert.Contains("Harbour Software", verified.Sentence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(403)]
    [InlineData(404)]
    public async Task An_organization_that_cannot_be_read_is_unknown_not_a_failure(int status)
    {
        _answers["organization"] = status == 403 ? Forbidden("organization") : Json(404, LagoAnswers.NotFound);

        VerificationOutcome.Verified verified = Assert.IsType<VerificationOutcome.Verified>(await VerifyAsync());

        Assert.Null(verified.OrganizationLagoId);
        Assert.DoesNotContain("organization", verified.Permissions, StringComparer.Ordinal);
        Assert.Contains("connected twice", verified.Sentence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("customer")]
    [InlineData("subscription")]
    [InlineData("billable_metric")]
    [InlineData("customer_usage")]
    [InlineData("invoice")]
    public async Task Each_missing_permission_is_named(string resource)
    {
        _answers[resource] = Forbidden(resource);

        VerificationOutcome outcome = await VerifyAsync();

        Assert.Equal(new VerificationOutcome.PermissionMissing([resource]), outcome);
        Assert.Contains($"lacks read permission for {resource}.", outcome.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_missing_permissions_are_named_at_once()
    {
        foreach (string resource in _answers.Keys.ToArray())
        {
            _answers[resource] = Forbidden(resource);
        }

        Assert.Equal(
            new VerificationOutcome.PermissionMissing(["customer", "subscription", "billable_metric", "customer_usage", "invoice"]), await VerifyAsync());
    }

    [Theory]
    [InlineData(LagoRegion.Us, "region EU only")]
    [InlineData(LagoRegion.Eu, "region US only")]
    [InlineData(LagoRegion.SelfHosted, "Lago Cloud")]
    [InlineData(LagoRegion.Sandbox, "Copy the key again")]
    public async Task A_rejected_key_is_told_with_the_usual_mix_up_of_its_region(LagoRegion region, string advice)
    {
        _answers["organization"] = Json(401, """{"status":401,"error":"Unauthorized"}""");

        VerificationOutcome outcome = await VerifyAsync(region);

        Assert.Equal(new VerificationOutcome.KeyRejected(region), outcome);
        Assert.Contains(advice, outcome.Sentence, StringComparison.Ordinal);
        Assert.Contains("nothing already counted is lost", outcome.Sentence, StringComparison.Ordinal);
        Assert.Single(Server.Targets);
    }

    [Theory]
    [InlineData("customer")]
    [InlineData("customer_usage")]
    [InlineData("invoice")]
    public async Task A_key_revoked_in_the_middle_is_rejected(string resource)
    {
        _answers[resource] = Json(401, "{}");

        Assert.IsType<VerificationOutcome.KeyRejected>(await VerifyAsync());
    }

    [Fact]
    public async Task An_address_that_knows_no_path_is_wrong()
    {
        Server.Otherwise = Json(404, LagoAnswers.NotFound);

        Assert.IsType<VerificationOutcome.WrongUrl>(await VerifyAsync());
        Assert.Equal(2, Server.Targets.Length);
    }

    [Fact]
    public async Task An_address_that_lacks_one_path_is_wrong()
    {
        _answers["subscription"] = Json(404, LagoAnswers.NotFound);

        Assert.IsType<VerificationOutcome.WrongUrl>(await VerifyAsync());
    }

    [Theory]
    [InlineData("https://login.example.com/", "redirects to login.example.com")]
    [InlineData("/login", "it redirects.")]
    public async Task An_address_that_redirects_is_wrong(string location, string told)
    {
        _answers["organization"] = Body(302, "text/html", "", ("Location", location));

        Assert.Contains(told, Assert.IsType<VerificationOutcome.WrongUrl>(await VerifyAsync()).Sentence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("organization", "<html>")]
    [InlineData("organization", """{"org":{}}""")]
    [InlineData("customer", """{"users":[]}""")]
    [InlineData("customer_usage", LagoAnswers.CurrentUsage)]
    [InlineData("invoice", LagoAnswers.Invoice)]
    public async Task Something_that_is_not_Lago_is_told_from_it(string resource, string body)
    {
        _answers[resource] = Json(200, body);

        Assert.Contains("not Lago's API", Assert.IsType<VerificationOutcome.NotLago>(await VerifyAsync()).Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refused_request_is_not_Lagos()
    {
        _answers["organization"] = Json(418, "{}");

        Assert.IsType<VerificationOutcome.NotLago>(await VerifyAsync());
    }

    [Theory]
    [InlineData(500, "status 500")]
    [InlineData(429, "limits the rate")]
    public async Task A_failing_or_limiting_server_says_nothing_about_the_key(int status, string told)
    {
        _answers["billable_metric"] = Json(status, "{}");

        Assert.Contains(told, Assert.IsType<VerificationOutcome.Unreachable>(await VerifyAsync()).Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dropped_connection_is_unreachable()
    {
        _answers["organization"] = Drop;

        Assert.Contains("catches up", Assert.IsType<VerificationOutcome.Unreachable>(await VerifyAsync()).Sentence, StringComparison.Ordinal);
    }

    private static string Resource(string path) => path.Split('/')[3..] switch
    {
        ["organizations"] => "organization",
        ["customers"] => "customer",
        ["subscriptions"] => "subscription",
        ["billable_metrics"] => "billable_metric",
        ["customers", _, "current_usage"] => "customer_usage",
        ["invoices", _] => "invoice",
        _ => throw new InvalidOperationException(path),
    };

    private Task<VerificationOutcome> VerifyAsync(LagoRegion region = LagoRegion.Us) =>
        Services.GetRequiredService<LagoVerifier>().VerifyAsync(region, Server.BaseAddress, LagoApiKey.Parse(Key), "i", Token);
}
