using LagoConsole.Core.Audit;
using LagoConsole.Core.Buyers;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.Integrations;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Security;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace LagoConsole.Tests.Integrations;

public sealed class EditTests : IntegrationStage
{
    [Fact]
    public async Task A_new_billing_mode_is_saved_and_leaves_the_verification_alone()
    {
        Guid id = await VerifiedAsync();
        EditIntegration edit = await EditOfAsync(id);
        edit.BillingMode = BillingMode.AmountHourly;

        EditOutcome outcome = await Service.EditAsync(Admin, edit, Token);

        Assert.Contains("AMOUNT_HOURLY from the next run on", Assert.IsType<EditOutcome.Saved>(outcome).Sentence, StringComparison.Ordinal);
        Integration stored = await StoredAsync(id);
        Assert.Equal((BillingMode.AmountHourly, IntegrationStatus.Verified), (stored.BillingMode, stored.Status));
    }

    [Fact]
    public async Task Auto_report_is_switched_off()
    {
        Guid id = await VerifiedAsync();
        await ChangeAsync(id, row => row.AutoReport = true);
        EditIntegration edit = await EditOfAsync(id);
        edit.SwitchAutoReportOff = true;

        Assert.IsType<EditOutcome.Saved>(await Service.EditAsync(Admin, edit, Token));
        Assert.False((await StoredAsync(id)).AutoReport);
    }

    [Fact]
    public async Task R15_The_limits_for_held_growth_and_true_ups_are_saved_and_in_the_audit_log()
    {
        Guid id = await VerifiedAsync();
        EditIntegration edit = await EditOfAsync(id);
        edit.Limits = new JumpLimits(5, 2_500, 0);
        edit.IncludeTrueUps = true;

        EditOutcome outcome = await Service.EditAsync(Admin, edit, Token);

        string sentence = Assert.IsType<EditOutcome.Saved>(outcome).Sentence!;
        Assert.Contains("what is held stays held", sentence, StringComparison.Ordinal);
        Assert.Contains("True-ups of periods that are closed from now on are billed too.", sentence, StringComparison.Ordinal);
        Integration stored = await StoredAsync(id);
        Assert.Equal((5, 2_500L, 0L, true), (stored.JumpFactor, stored.JumpFloorMinor, stored.JumpAbsoluteMinor, stored.IncludeTrueUps));
        await using LagoConsoleDbContext db = Database.CreateDbContext();
        AuditEntry entry = await db.AuditEntries.SingleAsync(row => row.Action == "Edit integration", Token);
        Assert.Contains("above 20 times the usual and 100000 minor units, at first sights and closings above 10000000, true-ups left out", entry.Before, StringComparison.Ordinal);
        Assert.Contains("above 5 times the usual and 2500 minor units, at first sights and closings above 0, true-ups billed", entry.After, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-1, 0, 0, IntegrationField.JumpFactor)]
    [InlineData(1001, 0, 0, IntegrationField.JumpFactor)]
    [InlineData(0, -1, 0, IntegrationField.JumpFloor)]
    [InlineData(0, 0, -1, IntegrationField.JumpLimit)]
    public async Task Limits_that_cannot_be_are_refused(int factor, long floor, long absolute, IntegrationField field)
    {
        Guid id = await VerifiedAsync();
        EditIntegration edit = await EditOfAsync(id);
        edit.Limits = new JumpLimits(factor, floor, absolute);

        Assert.Equal(field, Assert.IsType<EditOutcome.Refused>(await Service.EditAsync(Admin, edit, Token)).Field);
        Assert.Equal(Integration.DefaultJumpFactor, (await StoredAsync(id)).JumpFactor);
    }

    [Fact]
    public async Task Limits_that_somebody_else_changed_meanwhile_are_not_overwritten()
    {
        Guid id = await VerifiedAsync();
        EditIntegration edit = await EditOfAsync(id);
        await ChangeAsync(id, row => row.JumpFloorMinor = 7);
        edit.Limits = new JumpLimits(5, 2_500, 0);

        Assert.IsType<EditOutcome.ChangedMeanwhile>(await Service.EditAsync(Admin, edit, Token));
        Assert.Equal(7, (await StoredAsync(id)).JumpFloorMinor);
    }

    [Fact]
    public async Task Nothing_different_is_nothing_saved()
    {
        Guid id = await VerifiedAsync();

        EditIntegration edit = await EditOfAsync(id);

        Assert.Equal(new EditOutcome.Saved(edit.SeenSettings, Sentence: null), await Service.EditAsync(Admin, edit, Token));
        await using LagoConsoleDbContext db = Database.CreateDbContext();
        Assert.False(await db.AuditEntries.AnyAsync(entry => entry.Action == "Edit integration", Token));
    }

    [Fact]
    public async Task A_key_of_the_same_organization_replaces_the_present_one_and_wants_to_be_verified()
    {
        Guid id = await VerifiedAsync();

        EditOutcome outcome = await ReplaceAsync(id, HarbourSecondKey);

        Assert.Contains("press VERIFY", Assert.IsType<EditOutcome.Saved>(outcome).Sentence, StringComparison.Ordinal);
        Integration stored = await StoredAsync(id);
        Assert.Equal((IntegrationStatus.Created, "0002", null), (stored.Status, stored.ApiKeyLastFour, stored.VerifiedAt));
        Lago.Revoke(HarbourKey);
        Assert.IsType<VerifyOutcome.Verified>(await Service.VerifyAsync(Admin, id, Token)); // it is the new one that is used
    }

    [Fact]
    public async Task A_key_of_another_organization_is_refused()
    {
        Guid id = await VerifiedAsync();

        EditOutcome.Refused refused = await RefusedAsync(id, QuayKey);

        Assert.Contains("belongs to another organization, Quay Systems; this integration is Harbour Software", refused.Sentence, StringComparison.Ordinal);
        Assert.Contains("wrong buyers", refused.Sentence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(" 1b1b71e4-77aa-4b6c-9f3e-0c1d2e3f0002", "before or after")]
    [InlineData("   ", "Paste the API key")]
    [InlineData("unknown-key-1234", "rejected this key")]
    [InlineData(HarbourKey, "stored already")]
    public async Task A_key_that_cannot_serve_is_refused_and_the_present_one_stays(string key, string sentence)
    {
        Guid id = await VerifiedAsync();

        Assert.Contains(sentence, (await RefusedAsync(id, key)).Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_Lagos_word_on_the_organization_a_key_is_not_replaced()
    {
        Guid id = await VerifiedAsync();

        Lago.Down = 503;
        Assert.Contains("cannot see whether the key is of the same organization", (await RefusedAsync(id, HarbourSecondKey)).Sentence, StringComparison.Ordinal);
        Lago.Down = null;
        Harbour.Missing.Add("organization");
        Assert.Contains("permission for organization", (await RefusedAsync(id, HarbourSecondKey)).Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_the_organization_is_unknown_a_linked_customer_proves_the_key()
    {
        Harbour.Missing.Add("organization");
        Guid id = await VerifiedAsync();
        await LinkAsync(id, "acme", "lago-acme");
        Harbour.Customers["acme"] = "lago-acme";

        Assert.IsType<EditOutcome.Saved>(await ReplaceAsync(id, HarbourSecondKey));
    }

    [Fact]
    public async Task Where_the_organization_is_unknown_a_key_that_knows_no_linked_customer_is_refused()
    {
        Harbour.Missing.Add("organization");
        Guid id = await VerifiedAsync();
        await LinkAsync(id, "acme", "lago-acme");
        Lago.Add(QuayKey, "org-quay", "Quay Systems").Customers["acme"] = "lago-another-acme"; // the same name is not the same customer

        Assert.Contains("none of the customers", (await RefusedAsync(id, QuayKey)).Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_of_an_organization_that_another_integration_has_is_refused()
    {
        Harbour.Missing.Add("organization");
        Guid id = await VerifiedAsync();
        await ConnectedAsync(QuayKey);

        Assert.Contains("already in use by the integration Quay Systems", (await RefusedAsync(id, QuayKey)).Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_can_be_replaced_after_the_key_ring_was_lost()
    {
        Guid id = await VerifiedAsync();
        await ChangeAsync(id, row => row.ApiKeyCipher = "made by other keys");

        Assert.IsType<EditOutcome.Saved>(await ReplaceAsync(id, HarbourKey));
        Assert.IsType<VerifyOutcome.Verified>(await Service.VerifyAsync(Admin, id, Token));
    }

    [Fact]
    public async Task The_second_of_two_people_is_told_and_overwrites_nothing()
    {
        Guid id = await VerifiedAsync();
        EditIntegration first = await EditOfAsync(id);
        EditIntegration second = await EditOfAsync(id);
        first.BillingMode = BillingMode.AmountHourly;
        second.NewApiKey = HarbourSecondKey;

        EditOutcome.Saved saved = Assert.IsType<EditOutcome.Saved>(await Service.EditAsync(Admin, first, Token));
        Assert.Equal((await EditOfAsync(id)).SeenSettings, saved.Settings); // the same dialog may go on from it
        EditOutcome outcome = await Service.EditAsync(Admin, second, Token);

        Assert.Contains("Somebody else changed Harbour Software", Assert.IsType<EditOutcome.ChangedMeanwhile>(outcome).Sentence, StringComparison.Ordinal);
        Assert.Equal("4a5b", (await StoredAsync(id)).ApiKeyLastFour);
    }

    [Fact]
    public async Task A_change_while_Lago_is_asked_is_not_overwritten_either()
    {
        Guid id = await VerifiedAsync();
        EditIntegration edit = await EditOfAsync(id);
        edit.NewApiKey = HarbourSecondKey;
        Lago.Meanwhile = () => ChangeAsync(id, row => row.BillingMode = BillingMode.AmountHourly);

        Assert.IsType<EditOutcome.ChangedMeanwhile>(await Service.EditAsync(Admin, edit, Token));
        Assert.Equal("4a5b", (await StoredAsync(id)).ApiKeyLastFour);
    }

    [Fact]
    public async Task A_poll_that_ran_while_the_dialog_was_open_is_no_conflict()
    {
        Guid id = await VerifiedAsync();
        EditIntegration edit = await EditOfAsync(id);
        edit.BillingMode = BillingMode.AmountHourly;
        edit.NewApiKey = HarbourSecondKey;
        await ChangeAsync(id, row => row.LastPollStartedAt = IntegrationBooks.Noon);
        Lago.Meanwhile = () => ChangeAsync(id, row => row.LastReleasedAt = IntegrationBooks.Noon);

        Assert.IsType<EditOutcome.Saved>(await Service.EditAsync(Admin, edit, Token));
        Integration stored = await StoredAsync(id);
        Assert.Equal((BillingMode.AmountHourly, "0002", IntegrationBooks.Noon), (stored.BillingMode, stored.ApiKeyLastFour, stored.LastReleasedAt));
    }

    [Fact]
    public async Task An_integration_that_is_gone_is_told()
    {
        Guid id = await ConnectedAsync();
        EditIntegration edit = await EditOfAsync(id);
        await using LagoConsoleDbContext db = Database.CreateDbContext();
        await db.Integrations.ExecuteDeleteAsync(Token);

        Assert.Contains("deleted", Assert.IsType<EditOutcome.ChangedMeanwhile>(await Service.EditAsync(Admin, edit, Token)).Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_audit_log_shows_before_and_after_without_a_key()
    {
        const string Limits = ", growth held above 20 times the usual and 100000 minor units, at first sights and closings above 10000000, true-ups left out";
        Guid id = await VerifiedAsync();
        EditIntegration edit = await EditOfAsync(id);
        edit.BillingMode = BillingMode.AmountHourly;
        edit.NewApiKey = HarbourSecondKey;
        await Service.EditAsync(Admin, edit, Token);

        await using LagoConsoleDbContext db = Database.CreateDbContext();
        AuditEntry entry = await db.AuditEntries.SingleAsync(stored => stored.Action == "Edit integration", Token);
        Assert.Equal(
            ("ada", "AMOUNT_DAILY, auto report off, key ending in 4a5b" + Limits, "AMOUNT_HOURLY, auto report off, key ending in 0002" + Limits),
            (entry.Actor, entry.Before!, entry.After!));
    }

    [Theory]
    [InlineData(Role.Viewer)]
    [InlineData(Role.Operator)]
    public async Task Only_an_administrator_edits(Role role)
    {
        Guid id = await VerifiedAsync();
        EditIntegration edit = await EditOfAsync(id);
        edit.BillingMode = BillingMode.AmountHourly;

        await Assert.ThrowsAsync<ForbiddenException>(() => Service.EditAsync(new Actor("olga", role), edit, Token));
        Assert.Equal(BillingMode.AmountDaily, (await StoredAsync(id)).BillingMode);
    }

    private async Task<EditOutcome> ReplaceAsync(Guid id, string key)
    {
        EditIntegration edit = await EditOfAsync(id);
        edit.NewApiKey = key;
        return await Service.EditAsync(Admin, edit, Token);
    }

    private async Task<EditOutcome.Refused> RefusedAsync(Guid id, string key)
    {
        string cipher = (await StoredAsync(id)).ApiKeyCipher;
        EditOutcome.Refused refused = Assert.IsType<EditOutcome.Refused>(await ReplaceAsync(id, key));
        Integration stored = await StoredAsync(id);
        Assert.Equal((IntegrationField.ApiKey, cipher, IntegrationStatus.Verified), (refused.Field, stored.ApiKeyCipher, stored.Status));
        return refused;
    }

    private async Task LinkAsync(Guid integrationId, string customerId, string customerLagoId)
    {
        await using LagoConsoleDbContext db = Database.CreateDbContext();
        Buyer buyer = new() { Id = Guid.NewGuid(), Name = "Acme", CreatedAt = IntegrationBooks.Noon };
        db.Buyers.Add(buyer);
        db.BuyerLinks.Add(new BuyerLink
        {
            Id = Guid.NewGuid(),
            BuyerId = buyer.Id,
            IntegrationId = integrationId,
            LagoCustomerId = customerId,
            CustomerLagoId = customerLagoId,
            LinkedAt = IntegrationBooks.Noon,
            LinkedBy = "olga",
        });
        await db.SaveChangesAsync(Token);
    }
}
