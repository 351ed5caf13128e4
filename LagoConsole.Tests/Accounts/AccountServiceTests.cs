using LagoConsole.Core.Accounts;
using LagoConsole.Core.Audit;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Products;
using LagoConsole.Core.Security;
using LagoConsole.Sandbox;
using LagoConsole.Sandbox.Faults;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace LagoConsole.Tests.Accounts;

public sealed class AccountServiceTests : IAsyncDisposable
{
    private readonly AccountStage _stage = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_added_account_is_stored_encrypted_and_waits_for_VERIFY()
    {
        Guid id = await _stage.AddAsync(AccountStage.AzureSecret());

        MarketplaceAccount stored = await _stage.StoredAsync(id);
        Assert.Equal((AccountStatus.Created, "cret", AccountStage.Noon.AddDays(180)), (stored.Status, stored.SecretLastFour, stored.SecretExpiresAt));
        Assert.False(_stage.IsInFiles(SandboxKeys.AzureApp.ClientSecret));
        Assert.True(_stage.IsInFiles(stored.SecretCipher!)); // the search finds what is there
        Assert.Empty(_stage.Called);
    }

    [Fact]
    public async Task Credentials_that_work_are_verified_at_each_marketplace()
    {
        Guid aws = await _stage.AddAsync(AccountStage.AwsKey());
        Guid azure = await _stage.AddAsync(AccountStage.AzureSecret());
        Guid google = await _stage.AddAsync(AccountStage.GoogleKey());
        await _stage.ProductAsync(Marketplace.Aws, aws);
        await _stage.ProductAsync(Marketplace.Gcp, google, "Vendor Platform (Google)");

        Assert.Contains("aws-marketplace:BatchMeterUsage", (await _stage.VerifyAsync(aws)).Sentence, StringComparison.Ordinal);
        Assert.Contains("metering service answers", (await _stage.VerifyAsync(azure)).Sentence, StringComparison.Ordinal);
        Assert.Contains($"may report for {AccountStage.Service}", (await _stage.VerifyAsync(google)).Sentence, StringComparison.Ordinal);
        foreach (Guid id in (Guid[])[aws, azure, google])
        {
            MarketplaceAccount stored = await _stage.StoredAsync(id);
            Assert.Equal((AccountStatus.Verified, AccountStage.Noon, 0), (stored.Status, stored.VerifiedAt, stored.ClockAheadSeconds));
        }

        Assert.Contains(_stage.Called, address => address.AbsolutePath.EndsWith("/eu-west-1/", StringComparison.Ordinal)); // where the product is metered
    }

    [Fact]
    public async Task Credentials_without_a_stored_secret_are_verified_with_what_the_chain_finds()
    {
        foreach ((Marketplace marketplace, CredentialKind kind) in new[]
        {
            (Marketplace.Aws, CredentialKind.AwsUsualChain),
            (Marketplace.Azure, CredentialKind.AzureManagedIdentity),
            (Marketplace.Gcp, CredentialKind.GoogleApplicationDefault),
        })
        {
            Guid id = await _stage.AddAsync(new AccountInput { Name = kind.Label(), Marketplace = marketplace, Kind = kind });

            Assert.True((await _stage.VerifyAsync(id)).IsVerified);
            Assert.Null((await _stage.StoredAsync(id)).SecretCipher);
        }
    }

    [Fact]
    public async Task Without_a_product_Googles_token_is_all_that_can_be_tried() => Assert.Contains(
        "No product uses the account yet", (await _stage.VerifyAsync(await _stage.AddAsync(AccountStage.GoogleKey()))).Sentence, StringComparison.Ordinal);

    [Theory]
    [InlineData("aws secret", "AWS refuses the signature")]
    [InlineData("aws key id", "AWS does not know the access key")]
    [InlineData("azure secret", "Entra ID gave no token (AADSTS7000215)")]
    [InlineData("azure app", "Entra ID gave no token (AADSTS700016)")]
    [InlineData("google key", "Google gave no token (invalid_grant)")]
    public async Task Credentials_that_do_not_work_are_told_with_what_it_means_and_what_to_do(string wrong, string expected)
    {
        Guid id = await _stage.AddAsync(wrong switch
        {
            "aws secret" => AccountStage.AwsKey(secret: "wJalrXUtnFEMI/K7MDENG+another"),
            "aws key id" => AccountStage.AwsKey(keyId: "AKIDUNKNOWN"),
            "azure secret" => AccountStage.AzureSecret(secret: "an-expired-secret"),
            "azure app" => AccountStage.AzureSecret(clientId: Guid.NewGuid().ToString()),
            _ => AccountStage.GoogleKey(privateKey: AccountStage.OtherPrivateKey()),
        });

        AccountVerdict verdict = await _stage.VerifyAsync(id);

        Assert.IsType<AccountVerdict.NoCredentials>(verdict);
        Assert.StartsWith(expected, verdict.Sentence, StringComparison.Ordinal);
        Assert.Contains("they wait", verdict.Sentence, StringComparison.Ordinal);
        MarketplaceAccount stored = await _stage.StoredAsync(id);
        Assert.Equal((AccountStatus.VerificationFailed, verdict.Sentence), (stored.Status, stored.StatusDetail));
    }

    [Fact]
    public async Task A_missing_right_is_named_and_does_not_count_as_wrong_credentials()
    {
        Guid id = await _stage.AddAsync(AccountStage.AzureSecret());
        _stage.Meanwhile = () =>
        {
            _stage.Meanwhile = () => // the token is given; the marketplace refuses it
            {
                _stage.Faults.Next(SandboxService.Azure, FaultKind.Unauthorized);
                return Task.CompletedTask;
            };
            return Task.CompletedTask;
        };

        AccountVerdict verdict = await _stage.VerifyAsync(id);

        Assert.IsType<AccountVerdict.RightMissing>(verdict);
        Assert.Contains("a right is missing: tenant and app ID in the technical configuration of an offer", verdict.Sentence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(10, "This machine's clock is 10 min ahead of AWS's")]
    [InlineData(-10, "This machine's clock is 10 min behind AWS's")]
    public async Task A_clock_that_is_ten_minutes_off_is_told_before_anything_else_is_suspected(int minutes, string expected)
    {
        await using AccountStage stage = new(TimeSpan.FromMinutes(minutes));

        AccountVerdict aws = await stage.VerifyAsync(await stage.AddAsync(AccountStage.AwsKey()));

        Assert.IsType<AccountVerdict.ClockOff>(aws);
        Assert.StartsWith(expected, aws.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_clock_that_is_ten_minutes_off_is_warned_about_where_it_does_no_harm_yet()
    {
        await using AccountStage stage = new(TimeSpan.FromMinutes(10));
        Guid id = await stage.AddAsync(AccountStage.AzureSecret());

        AccountVerdict azure = await stage.VerifyAsync(id);

        Assert.IsType<AccountVerdict.Verified>(azure);
        Assert.Contains("This machine's clock is 10 min ahead of Azure's", azure.Sentence, StringComparison.Ordinal);
        Assert.Equal(600, (await stage.StoredAsync(id)).ClockAheadSeconds);
        Assert.IsType<AccountVerdict.ClockOff>(await stage.VerifyAsync(await stage.AddAsync(AccountStage.GoogleKey()))); // an assertion of the future
    }

    [Fact]
    public async Task A_secret_is_rotated_only_for_one_that_the_marketplace_accepts()
    {
        Guid id = await _stage.AddAsync(AccountStage.AzureSecret());
        await _stage.VerifyAsync(id);
        MarketplaceAccount before = await _stage.StoredAsync(id);

        AccountOutcome.Refused refused = Assert.IsType<AccountOutcome.Refused>(
            await _stage.Accounts.EditAsync(AccountStage.Admin, await _stage.EditOfAsync(id, AccountStage.AzureSecret(secret: "mistyped-secret")), Stop));
        Assert.Contains("The present credentials stay in use.", refused.Problems[AccountField.Secret], StringComparison.Ordinal);
        Assert.Equal((before.SecretCipher, before.Generation, AccountStatus.Verified), await CredentialsAsync(id));

        Assert.IsType<AccountOutcome.Saved>(
            await _stage.Accounts.EditAsync(AccountStage.Admin, await _stage.EditOfAsync(id, AccountStage.AzureSecret()), Stop));
        (string? cipher, int generation, AccountStatus status) = await CredentialsAsync(id);
        Assert.Equal((before.Generation + 1, AccountStatus.Verified), (generation, status));
        Assert.NotEqual(before.SecretCipher, cipher);
        Assert.False(_stage.IsInFiles(before.SecretCipher!)); // the former one is gone from the files too
    }

    [Fact]
    public async Task A_new_name_or_end_needs_no_marketplace_and_keeps_the_secret()
    {
        Guid id = await _stage.AddAsync(AccountStage.AzureSecret());
        MarketplaceAccount before = await _stage.StoredAsync(id);
        AccountInput input = AccountStage.AzureSecret("Renamed", secret: "");
        input.SecretExpiresAt = AccountStage.Noon.AddDays(5);

        Assert.IsType<AccountOutcome.Saved>(await _stage.Accounts.EditAsync(AccountStage.Admin, await _stage.EditOfAsync(id, input), Stop));

        Assert.Empty(_stage.Called);
        AccountRow row = (await _stage.Get<AccountQueries>().FindAsync(id, Stop))!;
        Assert.Equal(("Renamed", ExpiryState.Urgent, AccountStatus.Created), (row.Name, row.Expiry, row.Status));
        Assert.Equal(before.SecretCipher, (await _stage.StoredAsync(id)).SecretCipher);
    }

    [Fact]
    public async Task A_role_that_gives_up_its_access_key_gives_up_the_secret_too()
    {
        AccountInput role = new()
        {
            Name = "Seller role",
            Kind = CredentialKind.AwsAssumedRole,
            AwsRoleArn = "arn:aws:iam::111111111111:role/LagoConsole",
            AwsAccessKeyId = SandboxKeys.Aws.AccessKeyId,
            Secret = SandboxKeys.Aws.SecretAccessKey,
        };
        Guid id = await _stage.AddAsync(role);
        role.AwsAccessKeyId = null;
        role.Secret = null;

        Assert.IsType<AccountOutcome.Saved>(await _stage.Accounts.EditAsync(AccountStage.Admin, await _stage.EditOfAsync(id, role), Stop));

        MarketplaceAccount stored = await _stage.StoredAsync(id);
        Assert.Null(stored.SecretCipher);
        Assert.Null(stored.SecretLastFour);
        Assert.Null(stored.AwsAccessKeyId);
    }

    [Fact]
    public async Task Two_people_who_edit_at_once_do_not_overwrite_each_other()
    {
        Guid id = await _stage.AddAsync(AccountStage.AzureSecret());
        EditAccount mine = await _stage.EditOfAsync(id, AccountStage.AzureSecret("Mine", secret: ""));
        EditAccount theirs = await _stage.EditOfAsync(id, AccountStage.AzureSecret("Theirs", secret: ""));

        Assert.IsType<AccountOutcome.Saved>(await _stage.Accounts.EditAsync(AccountStage.Admin, theirs, Stop));
        Assert.IsType<AccountOutcome.ChangedMeanwhile>(await _stage.Accounts.EditAsync(AccountStage.Admin, mine, Stop));

        Assert.Equal("Theirs", (await _stage.StoredAsync(id)).Name);
    }

    [Fact]
    public async Task A_verdict_about_credentials_that_were_replaced_meanwhile_is_dropped()
    {
        Guid id = await _stage.AddAsync(AccountStage.AwsKey(secret: "wJalrXUtnFEMI/K7MDENG+another"));
        EditAccount rotation = await _stage.EditOfAsync(id, AccountStage.AwsKey());
        _stage.Meanwhile = async () => Assert.IsType<AccountOutcome.Saved>(await _stage.Accounts.EditAsync(AccountStage.Admin, rotation, Stop));

        Assert.IsType<AccountVerification.Overtaken>(await _stage.Accounts.VerifyAsync(AccountStage.Admin, id, Stop));

        Assert.Equal(AccountStatus.Verified, (await _stage.StoredAsync(id)).Status); // of the new ones
    }

    [Fact]
    public async Task A_name_is_given_once()
    {
        await _stage.AddAsync(AccountStage.AwsKey("Seller"));

        AccountOutcome.Refused refused = Assert.IsType<AccountOutcome.Refused>(
            await _stage.Accounts.AddAsync(AccountStage.Admin, AccountStage.AzureSecret("Seller"), Stop));

        Assert.Equal([AccountField.Name], refused.Problems.Keys);
    }

    [Fact]
    public async Task An_account_that_products_report_with_is_deleted_only_when_they_are_moved()
    {
        Guid going = await _stage.AddAsync(AccountStage.AwsKey("Going"));
        Guid staying = await _stage.AddAsync(AccountStage.AwsKey("Staying"));
        Guid azure = await _stage.AddAsync(AccountStage.AzureSecret());
        Guid product = await _stage.ProductAsync(Marketplace.Aws, going);

        foreach (DeleteAccount refused in (DeleteAccount[])[new(going), new(going, MoveProducts: true, azure), new(going, MoveProducts: true, going), new(going, MoveProducts: true, Guid.NewGuid())])
        {
            Assert.Equal([AccountField.Products], Assert.IsType<AccountOutcome.Refused>(await _stage.Accounts.DeleteAsync(AccountStage.Admin, refused, Stop)).Problems.Keys);
        }

        string cipher = (await _stage.StoredAsync(going)).SecretCipher!;
        AccountOutcome.Saved saved = Assert.IsType<AccountOutcome.Saved>(
            await _stage.Accounts.DeleteAsync(AccountStage.Admin, new DeleteAccount(going, MoveProducts: true, staying), Stop));

        Assert.Contains("Vendor Platform reports with Staying from now on", saved.Sentence, StringComparison.Ordinal);
        Assert.Equal(staying, await AccountOfAsync(product));
        Assert.False(_stage.IsInFiles(cipher)); // neither in a row nor in what a deleted row leaves behind

        Assert.IsType<AccountOutcome.Saved>(await _stage.Accounts.DeleteAsync(AccountStage.Admin, new DeleteAccount(staying, MoveProducts: true), Stop));
        Assert.Null(await AccountOfAsync(product));
        Assert.IsType<AccountOutcome.ChangedMeanwhile>(await _stage.Accounts.DeleteAsync(AccountStage.Admin, new DeleteAccount(staying), Stop));
    }

    [Theory]
    [InlineData(Role.Viewer)]
    [InlineData(Role.Operator)]
    public async Task Only_administrators_change_accounts(Role role)
    {
        Actor actor = new("vera", role);
        Guid id = await _stage.AddAsync(AccountStage.AwsKey());
        EditAccount edit = await _stage.EditOfAsync(id, AccountStage.AwsKey("Other"));

        await Assert.ThrowsAsync<ForbiddenException>(() => _stage.Accounts.AddAsync(actor, AccountStage.AwsKey("Another"), Stop));
        await Assert.ThrowsAsync<ForbiddenException>(() => _stage.Accounts.VerifyAsync(actor, id, Stop));
        await Assert.ThrowsAsync<ForbiddenException>(() => _stage.Accounts.EditAsync(actor, edit, Stop));
        await Assert.ThrowsAsync<ForbiddenException>(() => _stage.Accounts.DeleteAsync(actor, new DeleteAccount(id), Stop));
    }

    [Fact]
    public async Task An_operator_chooses_a_products_account_and_a_viewer_does_not()
    {
        Guid product = await _stage.ProductAsync(Marketplace.Aws, account: null);
        Guid aws = await _stage.AddAsync(AccountStage.AwsKey());
        Guid azure = await _stage.AddAsync(AccountStage.AzureSecret());
        AccountChoices choices = _stage.Get<AccountChoices>();

        Assert.IsType<AccountOutcome.Saved>(await choices.ChooseAsync(AccountStage.Operator, product, aws, Stop));
        Assert.Equal(aws, await AccountOfAsync(product));
        Assert.IsType<AccountOutcome.Refused>(await choices.ChooseAsync(AccountStage.Operator, product, azure, Stop)); // of another marketplace
        Assert.IsType<AccountOutcome.Saved>(await choices.ChooseAsync(AccountStage.Operator, product, accountId: null, Stop));
        Assert.Null(await AccountOfAsync(product));
        await Assert.ThrowsAsync<ForbiddenException>(() => choices.ChooseAsync(new Actor("vera", Role.Viewer), product, aws, Stop));
    }

    [Fact]
    public async Task A_new_product_takes_an_account_of_its_own_marketplace_only()
    {
        Guid azure = await _stage.AddAsync(AccountStage.AzureSecret());

        ProductOutcome.Refused refused = Assert.IsType<ProductOutcome.Refused>(await _stage.Get<ProductService>().CreateAsync(
            AccountStage.Operator, new NewProduct { Name = "Vendor Platform", AwsRegion = "us-east-1", AccountId = azure }, Stop));

        Assert.Equal([ProductField.Account], refused.Problems.Keys);
    }

    [Fact]
    public async Task Every_change_is_audited_and_no_entry_holds_a_secret()
    {
        Guid id = await _stage.AddAsync(AccountStage.AzureSecret());
        await _stage.VerifyAsync(id);
        await _stage.Accounts.EditAsync(AccountStage.Admin, await _stage.EditOfAsync(id, AccountStage.AzureSecret("Renamed")), Stop);
        await _stage.Get<AccountChoices>().ChooseAsync(AccountStage.Operator, await _stage.ProductAsync(Marketplace.Azure, account: null), id, Stop);
        await _stage.Accounts.DeleteAsync(AccountStage.Admin, new DeleteAccount(id, MoveProducts: true), Stop);

        List<AuditEntry> entries = await _stage.AuditAsync();

        Assert.Equal(
            ["Add account", "Verify account", "Rotate account secret", "Create product", "Choose account", "Choose account", "Delete account"],
            entries.Select(entry => entry.Action));
        Assert.Contains("secret ending in cret", entries[0].After, StringComparison.Ordinal);
        Assert.All(entries, entry => Assert.DoesNotContain(
            SandboxKeys.AzureApp.ClientSecret, $"{entry.Before}|{entry.After}|{entry.Note}", StringComparison.Ordinal));
    }

    public ValueTask DisposeAsync() => _stage.DisposeAsync();

    private async Task<(string? Cipher, int Generation, AccountStatus Status)> CredentialsAsync(Guid id)
    {
        MarketplaceAccount stored = await _stage.StoredAsync(id);
        return (stored.SecretCipher, stored.Generation, stored.Status);
    }

    private async Task<Guid?> AccountOfAsync(Guid product)
    {
        await using LagoConsoleDbContext db = _stage.Database.CreateDbContext();
        return (await db.Products.AsNoTracking().SingleAsync(row => row.Id == product, Stop)).AccountId;
    }
}
