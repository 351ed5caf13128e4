using LagoConsole.Core.Integrations;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Security;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace LagoConsole.Tests.Integrations;

public sealed class VerifyTests : IntegrationStage
{
    [Fact]
    public async Task A_good_key_is_verified_and_names_the_organization()
    {
        Lago.Down = 503; // not reached when it was connected
        Guid id = await ConnectedAsync();
        Lago.Down = null;

        VerifyOutcome outcome = await Service.VerifyAsync(Admin, id, Token);

        Assert.IsType<VerifyOutcome.Verified>(outcome);
        Integration stored = await StoredAsync(id);
        Assert.Equal((IntegrationStatus.Verified, "org-harbour", "Harbour Software"), (stored.Status, stored.OrganizationLagoId, stored.Name));
        Assert.Equal(IntegrationBooks.Noon, stored.VerifiedAt);
        Assert.Contains("Verified", stored.StatusDetail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rejected_key_fails_and_says_what_to_do()
    {
        Guid id = await ConnectedAsync();
        Lago.Revoke(HarbourKey);

        string sentence = await FailedAsync(id);

        Assert.Contains("rejected the API key", sentence, StringComparison.Ordinal);
        Assert.Contains("nothing already counted is lost", sentence, StringComparison.Ordinal);
        Assert.Contains("Copy the key again", sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_permission_fails_and_is_named()
    {
        Guid id = await ConnectedAsync();
        Harbour.Missing.Add("customer_usage");

        Assert.Contains("lacks read permission for customer_usage", await FailedAsync(id), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_Lago_that_does_not_answer_fails_without_blaming_the_key()
    {
        Guid id = await ConnectedAsync();
        Lago.Down = 503;

        string sentence = await FailedAsync(id);

        Assert.Contains("503", sentence, StringComparison.Ordinal);
        Assert.Contains("verify again", sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_lost_key_ring_fails_with_the_way_out()
    {
        Guid id = await ConnectedAsync();
        await ChangeAsync(id, row => row.ApiKeyCipher = "made by other keys");

        Assert.Contains("cannot be decrypted", await FailedAsync(id), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sandbox_that_is_switched_off_fails_with_a_sentence()
    {
        Guid id = Assert.IsType<ConnectOutcome.Connected>(
            await Service.ConnectAsync(Admin, Input(region: LagoRegion.Sandbox), Token)).Id;
        SandboxIsOpen = false;

        Assert.Contains("sandbox, which is switched off", await FailedAsync(id), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_organization_that_another_integration_has_fails()
    {
        await ConnectedAsync();
        Lago.Down = 503;
        Guid second = await ConnectedAsync(HarbourSecondKey);
        Lago.Down = null;

        Assert.Contains("already connected as Harbour Software", await FailedAsync(second), StringComparison.Ordinal);
        Assert.Null((await StoredAsync(second)).OrganizationLagoId);
    }

    [Fact]
    public async Task Two_verified_at_once_leave_the_organization_to_one()
    {
        Lago.Down = 503;
        Guid first = await ConnectedAsync();
        Guid second = await ConnectedAsync(HarbourSecondKey);
        Lago.Down = null;

        JustBeforeSaving = db => db.Integrations.Single(row => row.Id == first).OrganizationLagoId = "org-harbour";

        Assert.Contains("already connected", await FailedAsync(second), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_that_now_belongs_to_another_organization_fails()
    {
        Guid id = await VerifiedAsync();
        Lago.Add(HarbourKey, "org-other", "Other Org");

        Assert.Contains("belongs to another organization, Other Org; this integration is Harbour Software", await FailedAsync(id), StringComparison.Ordinal);
        Assert.Equal("org-harbour", (await StoredAsync(id)).OrganizationLagoId);
    }

    [Fact]
    public async Task A_verified_integration_that_cannot_tell_its_organization_any_more_keeps_it()
    {
        Guid id = await VerifiedAsync();
        Harbour.Missing.Add("organization");

        Assert.IsType<VerifyOutcome.Verified>(await Service.VerifyAsync(Admin, id, Token));
        Assert.Equal("org-harbour", (await StoredAsync(id)).OrganizationLagoId);
    }

    [Fact]
    public async Task An_answer_about_a_key_that_was_replaced_meanwhile_is_dropped()
    {
        Guid id = await ConnectedAsync();
        Lago.Revoke(HarbourKey);
        Lago.Meanwhile = () => ChangeAsync(id, row => row.ApiKeyCipher = Get<ApiKeyVault>().Protect(id, Core.Lago.LagoApiKey.Parse(HarbourSecondKey)));

        Assert.IsType<VerifyOutcome.Overtaken>(await Service.VerifyAsync(Admin, id, Token));
        Assert.Equal(IntegrationStatus.Created, (await StoredAsync(id)).Status);
    }

    [Fact]
    public async Task An_integration_deleted_meanwhile_stays_deleted()
    {
        Guid id = await ConnectedAsync();
        Lago.Meanwhile = async () =>
        {
            await using LagoConsoleDbContext db = Database.CreateDbContext();
            await db.Integrations.ExecuteDeleteAsync(Token);
        };

        Assert.IsType<VerifyOutcome.Overtaken>(await Service.VerifyAsync(Admin, id, Token));
    }

    [Fact]
    public async Task The_console_itself_is_audited_only_when_it_changes_the_status()
    {
        Guid id = await VerifiedAsync();
        await Service.VerifyAsync(Actor.System, id, Token);
        Lago.Revoke(HarbourKey);
        await Service.VerifyAsync(Actor.System, id, Token);
        await Service.VerifyAsync(Actor.System, id, Token);

        await using LagoConsoleDbContext db = Database.CreateDbContext();
        Assert.Equal(
            [("ada", "CREATED", "VERIFIED"), ("system", "VERIFIED", "VERIFICATION_FAILED")],
            (await db.AuditEntries.Where(entry => entry.Action == "Verify integration").OrderBy(entry => entry.Id).ToListAsync(Token))
                .Select(entry => (entry.Actor, entry.Before!, entry.After!)));
    }

    [Theory]
    [InlineData(Role.Viewer)]
    [InlineData(Role.Operator)]
    public async Task Only_an_administrator_verifies(Role role)
    {
        Guid id = await ConnectedAsync();

        await Assert.ThrowsAsync<ForbiddenException>(() => Service.VerifyAsync(new Actor("olga", role), id, Token));
        Assert.Equal(IntegrationStatus.Created, (await StoredAsync(id)).Status);
    }

    private async Task<string> FailedAsync(Guid id)
    {
        string sentence = Assert.IsType<VerifyOutcome.Failed>(await Service.VerifyAsync(Admin, id, Token)).Sentence;
        Integration stored = await StoredAsync(id);
        Assert.Equal((IntegrationStatus.VerificationFailed, sentence), (stored.Status, stored.StatusDetail));
        Assert.DoesNotContain(HarbourKey[..8], sentence, StringComparison.Ordinal);
        return sentence;
    }
}
