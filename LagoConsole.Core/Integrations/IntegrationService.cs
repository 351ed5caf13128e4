using System.Diagnostics;
using System.Globalization;
using LagoConsole.Core.Audit;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.Lago;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Scheduling;
using LagoConsole.Core.Security;
using LagoConsole.Core.Time;
using Microsoft.EntityFrameworkCore;

namespace LagoConsole.Core.Integrations;

/// <summary><i>Connect</i>, <i>VERIFY</i> and <i>Edit</i> of integrations. For administrators.</summary>
public sealed class IntegrationService(
    IDbContextFactory<LagoConsoleDbContext> databases, IntegrationConnections connections, ApiKeyVault vault, KeyErasure erasure,
    LagoAddresses addresses, LagoVerifier verifier, OrganizationCheck organizations, ScheduleSync schedule, TimeProvider clock)
{
    private const string GoneSentence = "This integration was deleted by somebody else. Nothing was changed.";

    /// <summary>How often a save starts over because a run touched the row in between.</summary>
    private const int Tries = 5;

    /// <summary>
    /// Stores a new integration, with auto report off. A key that Lago rejects and a Lago that does not answer are stored
    /// too: VERIFY tells about those, and what was typed is not lost to a short outage.
    /// </summary>
    /// <exception cref="ForbiddenException">The actor is not an administrator.</exception>
    public async Task<ConnectOutcome> ConnectAsync(Actor actor, ConnectIntegration input, CancellationToken cancellationToken)
    {
        actor.Require(Role.Admin);
        if (TypedKey.Problem(input.ApiKey) is { } keyProblem)
        {
            return new ConnectOutcome.Refused(IntegrationField.ApiKey, keyProblem);
        }

        if (input.BillingMode is not { } mode)
        {
            return new ConnectOutcome.Refused(
                IntegrationField.BillingMode, "Choose how often growth becomes usage records: AMOUNT_DAILY or AMOUNT_HOURLY.");
        }

        if (input.Region is not { } region)
        {
            return new ConnectOutcome.Refused(
                IntegrationField.Region, "Choose where this Lago runs. The address bar of Lago's own pages tells: an address with eu is EU.");
        }

        Uri address;
        switch (await addresses.CheckAsync(region, input.Url, cancellationToken))
        {
            case LagoAddress.Accepted accepted:
                address = accepted.BaseAddress;
                break;
            case LagoAddress.Refused refused:
                return new ConnectOutcome.Refused(
                    region == LagoRegion.SelfHosted ? IntegrationField.Url : IntegrationField.Region, refused.Sentence);
            default:
                throw new UnreachableException();
        }

        Guid id = NewId.At(clock.GetUtcNow());
        LagoApiKey key = LagoApiKey.Parse(input.ApiKey!);
        if (await organizations.FindSameKeyAsync(region, address, key, except: id, cancellationToken) is { } twin)
        {
            return new ConnectOutcome.Refused(IntegrationField.ApiKey, OrganizationCheck.SameKeySentence(twin));
        }

        OrganizationResponse? organization = await organizations.TryReadAsync(address, key, id, cancellationToken);
        if (organization is not null
            && await organizations.FindConnectedAsync(organization.LagoId, except: id, cancellationToken) is { } connected)
        {
            return new ConnectOutcome.Refused(IntegrationField.ApiKey, OrganizationCheck.ConnectedSentence(organization, connected));
        }

        Integration integration = new()
        {
            Id = id,
            Name = NameOf(organization) ?? FirstName(region, address),
            Region = region,
            BaseUrl = region == LagoRegion.Sandbox ? "" : address.AbsoluteUri,
            OrganizationLagoId = organization?.LagoId,
            ApiKeyCipher = vault.Protect(id, key),
            ApiKeyLastFour = key.LastFour,
            BillingMode = mode,
            StatusDetail = "Connected, but not verified yet. Nothing is polled: press VERIFY.",
            CreatedAt = clock.GetUtcNow(),
        };
        return await StoreNewAsync(actor, integration, organization, cancellationToken);
    }

    /// <summary>Tests address, key and permissions, and stores the result on the integration.</summary>
    /// <remarks>The hourly run of an integration whose verification failed calls this as <see cref="Actor.System"/>, and so resumes by itself (R16).</remarks>
    /// <exception cref="ForbiddenException">The actor is not an administrator.</exception>
    public async Task<VerifyOutcome> VerifyAsync(Actor actor, Guid id, CancellationToken cancellationToken)
    {
        actor.Require(Role.Admin);
        Integration? asked;
        await using (LagoConsoleDbContext db = await databases.CreateDbContextAsync(cancellationToken))
        {
            asked = await db.Integrations.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id, cancellationToken);
        }

        if (asked is null)
        {
            return new VerifyOutcome.Overtaken(GoneSentence);
        }

        Verdict verdict = await JudgeAsync(asked, cancellationToken);
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return await StoreVerdictAsync(actor, asked, verdict, cancellationToken);
            }
            catch (DbUpdateConcurrencyException) when (attempt < Tries)
            {
                // A poll wrote to the row while Lago was asked. The verdict is still about the same key, or is dropped.
            }
            catch (DbUpdateException) when (attempt < Tries && verdict.Organization is { } organization)
            {
                // The unique index of organizations, unless somebody else's write says otherwise.
                if (await organizations.FindConnectedAsync(organization.LagoId, except: id, cancellationToken) is not { } connected)
                {
                    throw;
                }

                verdict = Verdict.Refused(OrganizationCheck.ConnectedSentence(organization, connected));
            }
        }
    }

    /// <summary>Changes billing mode, key, the limits for held growth and true-ups, and switches auto report off. Region and address stay for life.</summary>
    /// <exception cref="ForbiddenException">The actor is not an administrator.</exception>
    public async Task<EditOutcome> EditAsync(Actor actor, EditIntegration input, CancellationToken cancellationToken)
    {
        actor.Require(Role.Admin);
        LagoApiKey? newKey = null;
        if (!string.IsNullOrEmpty(input.NewApiKey))
        {
            if (TypedKey.Problem(input.NewApiKey) is { } keyProblem)
            {
                return new EditOutcome.Refused(IntegrationField.ApiKey, keyProblem);
            }

            newKey = LagoApiKey.Parse(input.NewApiKey);
        }

        if (input.Limits is { } limits && JumpLimitChecks.Problem(limits) is var (field, sentence))
        {
            return new EditOutcome.Refused(field, sentence);
        }

        bool keyChecked = newKey is null;
        for (int attempt = 1; ; attempt++)
        {
            await using LagoConsoleDbContext db = await databases.CreateDbContextAsync(cancellationToken);
            if (await db.Integrations.SingleOrDefaultAsync(row => row.Id == input.Id, cancellationToken) is not { } integration)
            {
                return new EditOutcome.ChangedMeanwhile(GoneSentence);
            }

            if (IntegrationSettings.Stamp(integration) != input.SeenSettings)
            {
                return new EditOutcome.ChangedMeanwhile(
                    $"Somebody else changed {integration.Name} while you were editing it. Nothing of yours was saved: close this, look at it, and edit again.");
            }

            if (!keyChecked)
            {
                if (await organizations.ProblemOfReplacementAsync(integration, newKey!, cancellationToken) is { } problem)
                {
                    return new EditOutcome.Refused(IntegrationField.ApiKey, problem);
                }

                keyChecked = true;
            }

            try
            {
                return await SaveEditAsync(db, actor, integration, input, newKey, cancellationToken);
            }
            catch (DbUpdateConcurrencyException) when (attempt < Tries)
            {
                // Read again: a poll's write is no conflict, a person's is told by the stamp.
            }
        }
    }

    private async Task<ConnectOutcome> StoreNewAsync(
        Actor actor, Integration integration, OrganizationResponse? organization, CancellationToken cancellationToken)
    {
        await using LagoConsoleDbContext db = await databases.CreateDbContextAsync(cancellationToken);
        db.Integrations.Add(integration);
        db.Audit(
            integration.CreatedAt, actor, "Connect integration", "Integration", integration.Id,
            after: $"{integration.Name}, {integration.Place()}, {Settings(integration)}");
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException) when (organization is not null)
        {
            // Two people connected the same organization at once: the unique index let one of them through.
            if (await organizations.FindConnectedAsync(organization.LagoId, except: integration.Id, cancellationToken) is not { } connected)
            {
                throw;
            }

            return new ConnectOutcome.Refused(IntegrationField.ApiKey, OrganizationCheck.ConnectedSentence(organization, connected));
        }

        return new ConnectOutcome.Connected(integration.Id, integration.Name);
    }

    private async Task<Verdict> JudgeAsync(Integration integration, CancellationToken cancellationToken)
    {
        IntegrationConnections.Target target = connections.Resolve(integration);
        if (target is not IntegrationConnections.Target.Found found)
        {
            return Verdict.Refused(((IntegrationConnections.Target.Missing)target).Sentence);
        }

        VerificationOutcome outcome = await verifier.VerifyAsync(
            integration.Region, found.Address, found.Key, IntegrationConnections.LimitId(integration.Id), cancellationToken);
        if (outcome is not VerificationOutcome.Verified verified)
        {
            return Verdict.Refused(outcome.Sentence);
        }

        if (verified.OrganizationLagoId is not { } organizationId)
        {
            return new Verdict(IsVerified: true, verified.Sentence, Organization: null);
        }

        OrganizationResponse organization = new() { LagoId = organizationId, Name = verified.OrganizationName };
        if (integration.OrganizationLagoId is { } known && known != organizationId)
        {
            return Verdict.Refused(OrganizationCheck.OtherOrganizationSentence(integration, organization));
        }

        return await organizations.FindConnectedAsync(organizationId, except: integration.Id, cancellationToken) is { } connected
            ? Verdict.Refused(OrganizationCheck.ConnectedSentence(organization, connected))
            : new Verdict(IsVerified: true, verified.Sentence, organization);
    }

    private async Task<VerifyOutcome> StoreVerdictAsync(Actor actor, Integration asked, Verdict verdict, CancellationToken cancellationToken)
    {
        await using LagoConsoleDbContext db = await databases.CreateDbContextAsync(cancellationToken);
        if (await db.Integrations.SingleOrDefaultAsync(row => row.Id == asked.Id, cancellationToken) is not { } integration)
        {
            return new VerifyOutcome.Overtaken(GoneSentence);
        }

        if (integration.ApiKeyCipher != asked.ApiKeyCipher)
        {
            return new VerifyOutcome.Overtaken("The key was replaced while the former one was being verified. Press VERIFY again.");
        }

        DateTimeOffset now = clock.GetUtcNow();
        IntegrationStatus before = integration.Status;
        integration.Status = verdict.IsVerified ? IntegrationStatus.Verified : IntegrationStatus.VerificationFailed;
        integration.StatusDetail = Fit(verdict.Sentence, 1000);
        if (verdict.IsVerified)
        {
            integration.VerifiedAt = now;
            integration.OrganizationLagoId = verdict.Organization?.LagoId ?? integration.OrganizationLagoId;
            integration.Name = NameOf(verdict.Organization) ?? integration.Name;
        }

        // The hourly attempts of the console itself are news only when they change something.
        if (actor != Actor.System || before != integration.Status)
        {
            db.Audit(
                now, actor, "Verify integration", "Integration", integration.Id,
                before.Label(), integration.Status.Label(), integration.StatusDetail);
        }

        await db.SaveChangesAsync(cancellationToken);
        await schedule.RequestAsync(CancellationToken.None);
        return verdict.IsVerified ? new VerifyOutcome.Verified(verdict.Sentence) : new VerifyOutcome.Failed(verdict.Sentence);
    }

    private async Task<EditOutcome> SaveEditAsync(
        LagoConsoleDbContext db, Actor actor, Integration integration, EditIntegration input, LagoApiKey? newKey, CancellationToken cancellationToken)
    {
        string before = Settings(integration);
        List<string> consequences = [];
        if (integration.BillingMode != input.BillingMode)
        {
            integration.BillingMode = input.BillingMode;
            consequences.Add($"What has accrued becomes usage records by {input.BillingMode.Label()} from the next run on.");
        }

        if (input.SwitchAutoReportOff && integration.AutoReport)
        {
            integration.AutoReport = false;
            consequences.Add("Auto report is off: nothing is polled, and what closing periods find waits. Usage records already made are still sent.");
        }

        if (input.Limits is { } limits && limits != LimitsOf(integration))
        {
            integration.JumpFactor = limits.Factor;
            integration.JumpFloorMinor = limits.FloorMinor;
            integration.JumpAbsoluteMinor = limits.AbsoluteMinor;
            consequences.Add("The limits for held growth count from the next poll on; what is held stays held until somebody decides.");
        }

        if (input.IncludeTrueUps is { } include && include != integration.IncludeTrueUps)
        {
            integration.IncludeTrueUps = include;
            consequences.Add(include
                ? "True-ups of periods that are closed from now on are billed too."
                : "True-ups of periods that are closed from now on are left out.");
        }

        if (newKey is not null)
        {
            integration.ApiKeyCipher = vault.Protect(integration.Id, newKey);
            integration.ApiKeyLastFour = newKey.LastFour;
            integration.Status = IntegrationStatus.Created;
            integration.StatusDetail = "The key was replaced and is not verified yet. Polling rests until then, and growth is caught up with afterwards: press VERIFY.";
            integration.VerifiedAt = null;
            consequences.Add("The key is replaced: press VERIFY, polling rests until then.");
        }

        if (consequences.Count == 0)
        {
            return new EditOutcome.Saved(input.SeenSettings, Sentence: null);
        }

        db.Audit(clock.GetUtcNow(), actor, "Edit integration", "Integration", integration.Id, before, Settings(integration));
        await db.SaveChangesAsync(cancellationToken);
        await schedule.RequestAsync(CancellationToken.None);
        if (newKey is not null)
        {
            await erasure.EraseAsync(CancellationToken.None); // the former key; where it is kept in use, the next checkpoint does it
        }

        return new EditOutcome.Saved(IntegrationSettings.Stamp(integration), string.Join(' ', consequences));
    }

    private static string Settings(Integration integration) =>
        $"{integration.BillingMode.Label()}, auto report {(integration.AutoReport ? "on" : "off")}, key ending in {integration.ApiKeyLastFour}, "
        + string.Create(CultureInfo.InvariantCulture, $"growth held above {integration.JumpFactor} times the usual and {integration.JumpFloorMinor} minor units, ")
        + string.Create(CultureInfo.InvariantCulture, $"at first sights and closings above {integration.JumpAbsoluteMinor}, true-ups {(integration.IncludeTrueUps ? "billed" : "left out")}");

    private static JumpLimits LimitsOf(Integration integration) =>
        new(integration.JumpFactor, integration.JumpFloorMinor, integration.JumpAbsoluteMinor);

    private static string? NameOf(OrganizationResponse? organization) =>
        string.IsNullOrWhiteSpace(organization?.Name) ? null : Fit(organization.Name.Trim(), 200);

    private static string FirstName(LagoRegion region, Uri address) => region switch
    {
        LagoRegion.SelfHosted => Fit(address.Host, 200),
        LagoRegion.Sandbox => "Sandbox",
        _ => $"Lago {region.Label()}",
    };

    private static string Fit(string text, int length) => text.Length <= length ? text : text[..length];

    /// <param name="Organization">Null when Lago did not tell, or when it does not matter any more.</param>
    private sealed record Verdict(bool IsVerified, string Sentence, OrganizationResponse? Organization)
    {
        public static Verdict Refused(string sentence) => new(IsVerified: false, sentence, Organization: null);
    }
}
