using System.Diagnostics;
using LagoConsole.Core.Integrations;

namespace LagoConsole.Core.Lago;

/// <summary>Tests address, key and each permission with the calls that polling and closing make.</summary>
public sealed class LagoVerifier(LagoClientFactory clients)
{
    /// <summary>Lists that must be readable, in the order they are tried.</summary>
    private static readonly string[] _lists = ["customer", "subscription", "billable_metric"];

    /// <summary>Verifies.</summary>
    /// <param name="region">Named in advice about the key.</param>
    /// <param name="baseAddress">Full base address, from <see cref="LagoAddresses"/>.</param>
    /// <param name="key">The key to test.</param>
    /// <param name="limitId">The integration's id, whose rate limit is used.</param>
    /// <param name="cancellationToken">Ends the verification.</param>
    public async Task<VerificationOutcome> VerifyAsync(
        LagoRegion region, Uri baseAddress, LagoApiKey key, string limitId, CancellationToken cancellationToken)
    {
        LagoClient lago = clients.Create(baseAddress, key, limitId);
        List<string> seen = [];
        List<string> missing = [];

        OrganizationResponse? organization = null;
        bool isRouteMissing = false;
        switch (await lago.GetOrganizationAsync(cancellationToken))
        {
            case LagoAnswer<OrganizationResponse>.Ok ok:
                organization = ok.Value;
                seen.Add("organization");
                break;
            case LagoAnswer<OrganizationResponse>.Failed { Failure: LagoFailure.PermissionMissing }:
                break; // nice to have: only the organization's name and id are not known then
            case LagoAnswer<OrganizationResponse>.Failed { Failure: LagoFailure.NotFound }:
                isRouteMissing = true; // a wrong address, or a server older than this call: the next probe tells
                break;
            case LagoAnswer<OrganizationResponse>.Failed failed:
                return Outcome(failed.Failure, region);
            default:
                throw new UnreachableException();
        }

        foreach (string resource in _lists)
        {
            switch (await lago.ProbeAsync(resource, cancellationToken))
            {
                case null:
                    seen.Add(resource);
                    break;
                case LagoFailure.PermissionMissing:
                    missing.Add(resource);
                    break;
                case LagoFailure.NotFound when isRouteMissing:
                    return new VerificationOutcome.WrongUrl("it knows none of the API's paths (404)");
                case { } failure:
                    return Outcome(failure, region);
            }
        }

        // Permission is checked before the look-up, so ids that cannot exist tell it without touching a customer.
        string nobody = Guid.NewGuid().ToString();
        LagoFailure? usage = (await lago.GetCurrentUsageAsync(nobody, nobody, cancellationToken) as LagoAnswer<UsageResponse>.Failed)?.Failure;
        LagoFailure? invoice = (await lago.GetInvoiceAsync(nobody, cancellationToken) as LagoAnswer<InvoiceResponse>.Failed)?.Failure;
        foreach ((string resource, LagoFailure? failure) in new[] { ("customer_usage", usage), ("invoice", invoice) })
        {
            switch (failure)
            {
                case LagoFailure.NotFound or LagoFailure.NoActiveSubscription:
                    seen.Add(resource);
                    break;
                case LagoFailure.PermissionMissing:
                    missing.Add(resource);
                    break;
                case null:
                    return new VerificationOutcome.NotLago($"{resource.Replace('_', ' ')} of an id that cannot exist");
                default:
                    return Outcome(failure, region);
            }
        }

        return missing.Count > 0
            ? new VerificationOutcome.PermissionMissing(missing)
            : new VerificationOutcome.Verified(organization?.LagoId, organization?.Name, organization?.DefaultCurrency, seen);
    }

    private static VerificationOutcome Outcome(LagoFailure failure, LagoRegion region) => failure switch
    {
        LagoFailure.KeyRejected => new VerificationOutcome.KeyRejected(region),
        LagoFailure.PermissionMissing missing => new VerificationOutcome.PermissionMissing([missing.Resource]),
        LagoFailure.NotFound or LagoFailure.NoActiveSubscription => new VerificationOutcome.WrongUrl("it lacks one of the API's paths (404 or 405)"),
        LagoFailure.Redirected { Host: { } host } => new VerificationOutcome.WrongUrl($"it redirects to {host}"),
        LagoFailure.Redirected => new VerificationOutcome.WrongUrl("it redirects"),
        LagoFailure.NotLago not => new VerificationOutcome.NotLago(not.Got),
        LagoFailure.Refused refused => new VerificationOutcome.NotLago(refused.Sentence),
        LagoFailure.RateLimited or LagoFailure.ServerFailed or LagoFailure.Unreachable => new VerificationOutcome.Unreachable(failure.Sentence),
        _ => throw new UnreachableException(),
    };
}
