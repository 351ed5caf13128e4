namespace LagoConsole.Core.Integrations;

/// <summary>Whether Lago has been reached with the stored key.</summary>
public enum IntegrationStatus
{
    /// <summary>Connected, not verified since its key was stored.</summary>
    Created = 1,

    /// <summary>Lago answered every call that the console needs.</summary>
    Verified = 2,

    /// <summary>The last verification, or a call in the middle of a run, was refused. Polling rests; nothing is lost.</summary>
    VerificationFailed = 3,
}

/// <summary>The names that the product's users know.</summary>
public static class IntegrationStatusNames
{
    public static string Label(this IntegrationStatus status) => status switch
    {
        IntegrationStatus.Created => "CREATED",
        IntegrationStatus.Verified => "VERIFIED",
        IntegrationStatus.VerificationFailed => "VERIFICATION_FAILED",
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, "Not a status."),
    };
}
