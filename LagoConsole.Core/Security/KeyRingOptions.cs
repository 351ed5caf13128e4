namespace LagoConsole.Core.Security;

/// <summary>With what the key ring in the database is itself encrypted. Section <c>KeyRing</c>; a bad value stops the start.</summary>
public sealed class KeyRingOptions
{
    public const string Section = "KeyRing";

    /// <summary>The certificate that new keys are encrypted with. Required outside Development.</summary>
    public KeyRingCertificate Certificate { get; set; } = new();

    /// <summary>Certificates that were in use before: they open older keys and encrypt nothing. Default: none.</summary>
    public IList<KeyRingCertificate> EarlierCertificates { get; } = [];
}

/// <summary>A PKCS #12 file with an RSA certificate and its private key. A class, not a record: nothing prints the password.</summary>
public sealed class KeyRingCertificate
{
    /// <summary>Relative to where the console is started.</summary>
    public string? Path { get; set; }

    public string? Password { get; set; }
}
