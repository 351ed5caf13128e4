using LagoConsole.Core.Integrations;

namespace LagoConsole.Core.Lago;

/// <summary>What VERIFY found: a closed set.</summary>
public abstract record VerificationOutcome
{
    private VerificationOutcome()
    {
    }

    /// <summary>What happened, what it means for the money, what to do.</summary>
    public abstract string Sentence { get; }

    public sealed override string ToString() => Sentence;

    /// <summary>Every call that the console needs is answered.</summary>
    /// <param name="OrganizationLagoId">Null when the key may not read the organization, or the server is too old to tell.</param>
    /// <param name="OrganizationName">Null with the id.</param>
    /// <param name="DefaultCurrency">Null with the id.</param>
    /// <param name="Permissions">Lago's names of the read permissions that were seen to work.</param>
    public sealed record Verified(
        string? OrganizationLagoId, string? OrganizationName, string? DefaultCurrency, IReadOnlyList<string> Permissions) : VerificationOutcome
    {
        public override string Sentence => OrganizationLagoId is null
            ? "Verified: Lago answers every call the console needs. The key cannot tell which organization it belongs to, so the console cannot notice if the same one is connected twice."
            : $"Verified: Lago answers every call the console needs, for the organization {OrganizationName ?? OrganizationLagoId}.";
    }

    /// <summary>401.</summary>
    /// <param name="Region">Where it was tried: keys belong to one region.</param>
    public sealed record KeyRejected(LagoRegion Region) : VerificationOutcome
    {
        public override string Sentence => "Lago rejected the API key: it is mistyped, expired or deleted. "
            + Region switch
            {
                LagoRegion.Us => "A key of an EU organization is valid in region EU only. ",
                LagoRegion.Eu => "A key of a US organization is valid in region US only. ",
                LagoRegion.SelfHosted => "A key of Lago Cloud is not valid on a self-hosted Lago. ",
                _ => "",
            }
            + "No usage is polled until a valid key is stored; nothing already counted is lost. Copy the key again from Lago's developer page.";
    }

    /// <summary>The address leads to something that is not the API's base, or elsewhere.</summary>
    /// <param name="Detail">What was seen.</param>
    public sealed record WrongUrl(string Detail) : VerificationOutcome
    {
        public override string Sentence =>
            $"The address is not that of Lago's API: {Detail}. No usage is polled; nothing already counted is lost. "
            + "Use the API's address (not the web app's), up to /api/v1.";
    }

    /// <summary>403 on calls that the console cannot do without.</summary>
    /// <param name="Resources">Lago's names of all missing read permissions.</param>
    public sealed record PermissionMissing(IReadOnlyList<string> Resources) : VerificationOutcome
    {
        public override string Sentence =>
            $"The API key works but lacks read permission for {string.Join(", ", Resources)}. No usage is polled until it has "
            + "it; nothing already counted is lost. Edit the key on Lago's developer page, then verify again.";

        public bool Equals(PermissionMissing? other) => other is not null && Resources.SequenceEqual(other.Resources, StringComparer.Ordinal);

        public override int GetHashCode() => Resources.Count;
    }

    /// <summary>Something answers, but not Lago.</summary>
    /// <param name="Got">What came instead.</param>
    public sealed record NotLago(string Got) : VerificationOutcome
    {
        public override string Sentence =>
            $"Something answers at this address, but not Lago's API: it sent {Got}. No usage is polled; nothing already counted is lost. "
            + "Check the address: it must be the API's, not the web app's, and no sign-in page may stand before it.";
    }

    /// <summary>No usable answer this time: network, 5xx or rate limit. Says nothing about key or address.</summary>
    /// <param name="Reason">A sentence.</param>
    public sealed record Unreachable(string Reason) : VerificationOutcome
    {
        public override string Sentence =>
            $"{Reason} Nothing is lost: usage is cumulative, and the next successful poll catches up. "
            + "Check the network and Lago's status, then verify again.";
    }
}
