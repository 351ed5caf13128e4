using LagoConsole.Core.Audit;
using LagoConsole.Core.Integrations;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Security;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace LagoConsole.Tests.Integrations;

public sealed class ConnectTests : IntegrationStage
{
    [Fact]
    public async Task Connecting_stores_the_integration_unverified_and_with_auto_report_off()
    {
        ConnectOutcome outcome = await Service.ConnectAsync(Admin, Input(), Token);

        ConnectOutcome.Connected connected = Assert.IsType<ConnectOutcome.Connected>(outcome);
        Integration stored = await StoredAsync(connected.Id);
        Assert.Equal("Harbour Software", connected.Name);
        Assert.Equal(("Harbour Software", "org-harbour"), (stored.Name, stored.OrganizationLagoId));
        Assert.Equal((IntegrationStatus.Created, false, BillingMode.AmountDaily), (stored.Status, stored.AutoReport, stored.BillingMode));
        Assert.Equal(Lago.BaseAddress.ToString(), stored.BaseUrl);
        Assert.Equal("4a5b", stored.ApiKeyLastFour);
    }

    [Fact]
    public async Task The_key_is_stored_encrypted_and_opens_the_connection()
    {
        Guid id = await ConnectedAsync();

        Integration stored = await StoredAsync(id);
        Assert.DoesNotContain(HarbourKey, stored.ApiKeyCipher, StringComparison.Ordinal);
        LagoConnection.Opened opened = Assert.IsType<LagoConnection.Opened>(await Get<IntegrationConnections>().OpenAsync(id, Token));
        Assert.IsType<Core.Lago.LagoAnswer<Core.Lago.OrganizationResponse>.Ok>(await opened.Client.GetOrganizationAsync(Token));
    }

    [Theory]
    [InlineData(null, "Paste the API key")]
    [InlineData("", "Paste the API key")]
    [InlineData("   ", "Paste the API key")]
    [InlineData(" " + HarbourKey, "space or line break before or after")]
    [InlineData(HarbourKey + "\n", "space or line break before or after")]
    [InlineData("5a9c71e4 77aa", "no spaces or special characters")]
    [InlineData("5a9c71e4\r\n77aa", "no spaces or special characters")]
    [InlineData("clé", "no spaces or special characters")]
    public async Task An_empty_or_padded_key_is_refused_at_its_field_and_never_repeated(string? key, string sentence)
    {
        ConnectOutcome.Refused refused = await RefusedAsync(Input(key));

        Assert.Equal(IntegrationField.ApiKey, refused.Field);
        Assert.Contains(sentence, refused.Sentence, StringComparison.Ordinal);
        Assert.DoesNotContain("5a9c71e4", refused.Sentence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://lago.example.com", "must begin with https://")]
    [InlineData("https://lago.example.com", "cannot be found")]
    [InlineData("https://10.0.0.7", "private network")]
    [InlineData("lago.example.com", "not a web address")]
    [InlineData("", "Type the address")]
    public async Task A_bad_address_is_refused_at_its_field(string url, string sentence)
    {
        ConnectIntegration input = Input();
        input.Url = url;

        ConnectOutcome.Refused refused = await RefusedAsync(input);

        Assert.Equal(IntegrationField.Url, refused.Field);
        Assert.Contains(sentence, refused.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Billing_mode_and_region_must_be_chosen()
    {
        ConnectIntegration noMode = Input();
        noMode.BillingMode = null;

        Assert.Equal(IntegrationField.BillingMode, (await RefusedAsync(noMode)).Field);
        Assert.Equal(IntegrationField.Region, (await RefusedAsync(Input(region: null))).Field);
    }

    [Fact]
    public async Task The_sandbox_connects_while_its_door_is_open_and_stores_no_address()
    {
        ConnectOutcome.Connected connected = Assert.IsType<ConnectOutcome.Connected>(
            await Service.ConnectAsync(Admin, Input(region: LagoRegion.Sandbox), Token));

        Assert.Equal("", (await StoredAsync(connected.Id)).BaseUrl);
        await using LagoConsoleDbContext db = Database.CreateDbContext();
        Assert.StartsWith("Harbour Software, Sandbox, AMOUNT_DAILY", (await db.AuditEntries.SingleAsync(Token)).After, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_sandbox_is_refused_where_it_does_not_exist()
    {
        SandboxIsOpen = false;

        ConnectOutcome.Refused refused = await RefusedAsync(Input(region: LagoRegion.Sandbox));

        Assert.Equal(IntegrationField.Region, refused.Field);
    }

    [Fact]
    public async Task A_key_that_Lago_rejects_is_stored_all_the_same()
    {
        ConnectOutcome outcome = await Service.ConnectAsync(Admin, Input("unknown-key-1234"), Token);

        Integration stored = await StoredAsync(Assert.IsType<ConnectOutcome.Connected>(outcome).Id);
        Assert.Equal((IntegrationStatus.Created, null, "127.0.0.1"), (stored.Status, stored.OrganizationLagoId, stored.Name));
    }

    [Theory]
    [InlineData(LagoRegion.Us, "Lago US")]
    [InlineData(LagoRegion.Eu, "Lago EU")]
    public async Task An_unreachable_Lago_does_not_stop_Connect(LagoRegion region, string name)
    {
        ConnectOutcome outcome = await Service.ConnectAsync(Admin, Input(region: region), Token);

        Assert.Equal(name, Assert.IsType<ConnectOutcome.Connected>(outcome).Name);
    }

    [Fact]
    public async Task A_connected_organization_is_refused_with_another_key_too()
    {
        await ConnectedAsync();

        ConnectOutcome.Refused refused = await RefusedAsync(Input(HarbourSecondKey));

        Assert.Equal(IntegrationField.ApiKey, refused.Field);
        Assert.Contains("organization Harbour Software, which is already connected as Harbour Software", refused.Sentence, StringComparison.Ordinal);
        Assert.Contains("billed twice", refused.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_key_is_refused_even_where_Lago_does_not_tell_the_organization()
    {
        Harbour.Missing.Add("organization");
        await ConnectedAsync();

        ConnectOutcome.Refused refused = await RefusedAsync(Input());

        Assert.Contains("already in use by the integration 127.0.0.1", refused.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_two_people_who_connect_one_organization_at_once_one_is_refused()
    {
        JustBeforeSaving = db => new IntegrationBooks(db).AddIntegration("Harbour").OrganizationLagoId = "org-harbour";

        ConnectOutcome outcome = await Service.ConnectAsync(Admin, Input(), Token);

        Assert.Contains("already connected as Harbour.", Assert.IsType<ConnectOutcome.Refused>(outcome).Sentence, StringComparison.Ordinal);
        await using LagoConsoleDbContext after = Database.CreateDbContext();
        Assert.Equal(1, await after.Integrations.CountAsync(Token));
    }

    [Fact]
    public async Task An_organization_connected_while_Lago_is_asked_is_refused()
    {
        Lago.Meanwhile = () => ConnectedAsync(HarbourSecondKey);

        Assert.Contains("already connected", (await RefusedAsync(Input())).Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_audit_log_tells_who_connected_what_and_nothing_of_the_key_but_its_end()
    {
        Guid id = await ConnectedAsync();

        await using LagoConsoleDbContext db = Database.CreateDbContext();
        AuditEntry entry = await db.AuditEntries.SingleAsync(Token);
        Assert.Equal(("ada", "Connect integration", id.ToString()), (entry.Actor, entry.Action, entry.SubjectId));
        Assert.Contains("AMOUNT_DAILY, auto report off, key ending in 4a5b", entry.After, StringComparison.Ordinal);
        Assert.DoesNotContain(HarbourKey[..8], entry.After, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Role.None)]
    [InlineData(Role.Viewer)]
    [InlineData(Role.Operator)]
    public async Task Only_an_administrator_connects(Role role)
    {
        await Assert.ThrowsAsync<ForbiddenException>(() => Service.ConnectAsync(new Actor("olga", role), Input(), Token));
        await using LagoConsoleDbContext db = Database.CreateDbContext();
        Assert.Equal(0, await db.Integrations.CountAsync(Token));
    }

    [Fact]
    public void What_was_typed_does_not_print_its_key() =>
        Assert.DoesNotContain(HarbourKey, $"{(object)Input()}", StringComparison.Ordinal);

    private async Task<ConnectOutcome.Refused> RefusedAsync(ConnectIntegration input)
    {
        ConnectOutcome.Refused refused = Assert.IsType<ConnectOutcome.Refused>(await Service.ConnectAsync(Admin, input, Token));
        await using LagoConsoleDbContext db = Database.CreateDbContext();
        Assert.InRange(await db.Integrations.CountAsync(Token), 0, 1); // never a second one
        return refused;
    }
}
