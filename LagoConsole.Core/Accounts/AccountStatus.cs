namespace LagoConsole.Core.Accounts;

/// <summary>What the last VERIFY found. It stops nothing: records are sent with what is stored, and the marketplace says.</summary>
public enum AccountStatus
{
    /// <summary>Not verified since its credentials were entered.</summary>
    Created = 1,

    /// <summary>The marketplace knows the account, and it may report usage.</summary>
    Verified = 2,

    /// <summary>Something is missing, refused or out of reach.</summary>
    VerificationFailed = 3,
}

/// <summary>The names that the product's users know.</summary>
public static class AccountStatusNames
{
    public static string Label(this AccountStatus status) => status switch
    {
        AccountStatus.Created => "CREATED",
        AccountStatus.Verified => "VERIFIED",
        AccountStatus.VerificationFailed => "VERIFICATION_FAILED",
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, "Not a status."),
    };
}
