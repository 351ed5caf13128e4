namespace LagoConsole.Core.Reporting.Aws;

/// <summary>
/// What an exception of a whole <c>BatchMeterUsage</c> call means for its records. Pure. Names and meaning: service
/// model of <c>meteringmarketplace</c> 2016-01-14, and the errors that all of AWS shares, which are not in it.
/// </summary>
internal static class AwsErrors
{
    /// <summary>AWS writes <c>namespace#Name:uri</c>, any part but the name being optional.</summary>
    public static string? Name(string? type)
    {
        if (string.IsNullOrWhiteSpace(type))
        {
            return null;
        }

        string name = type[(type.IndexOf('#', StringComparison.Ordinal) + 1)..];
        int colon = name.IndexOf(':', StringComparison.Ordinal);
        name = (colon < 0 ? name : name[..colon]).Trim();
        return name.Length is 0 or > 100 ? null : name; // AWS's longest has 34 characters
    }

    /// <summary>One of the records is bad, AWS does not say which, and nothing of the call was billed.</summary>
    public static bool BlamesARecord(MeteringReceipt receipt) =>
        receipt is MeteringReceipt.Rejected { Cause: not RejectionCause.Configuration };

    /// <param name="status">Not a success.</param>
    /// <param name="name">Null when the answer names no exception.</param>
    /// <param name="message">AWS's own words, secrets removed; may be empty.</param>
    /// <param name="clockDifference">This machine's clock minus AWS's, where the answer was dated.</param>
    public static MeteringReceipt Receipt(int status, string? name, string message, TimeSpan? clockDifference)
    {
        if (status == 429)
        {
            return Throttled();
        }

        // A server failure may come after the record was taken, whatever name it carries.
        if (status is < 400 or >= 500)
        {
            return NotUnderstood(status, name);
        }

        return name switch
        {
            "ThrottlingException" or "Throttling" or "ThrottledException" or "RequestThrottledException"
                or "TooManyRequestsException" or "RequestLimitExceeded" => Throttled(),

            "TimestampOutOfBoundsException" => Rejected(RejectionCause.OutOfWindow,
                "AWS no longer takes records of this hour, or the clocks disagree. Nothing was billed; the money can go into a later hour."),
            "InvalidUsageDimensionException" => Rejected(RejectionCause.UnknownDimension,
                "The product has no such dimension at AWS. Nothing was billed. Compare the dimension's key with the listing: upper and lower case count."),
            "InvalidLicenseException" => Rejected(RejectionCause.NotSubscribed,
                "AWS does not know this License ARN, or it is not of this product and buyer. Nothing was billed. Check the entitlement."),
            "InvalidCustomerIdentifierException" => Rejected(RejectionCause.NotSubscribed,
                "AWS does not know this buyer's account for this product. Nothing was billed. Check the entitlement's AWS account ID."),
            "InvalidTagException" or "InvalidUsageAllocationsException" => Rejected(RejectionCause.InvalidRecord,
                "AWS refuses the tags or allocations of the record. Nothing was billed."),

            "InvalidProductCodeException" => Configuration(
                "AWS does not know this product code, or it is not of the account that signs. Nothing was billed. Check the product's code and the credentials."),
            "DisabledApiException" => Configuration(
                "AWS has metering switched off for this product or region. Nothing was billed. Check the product's region and that the listing takes usage."),
            "AccessDeniedException" or "AccessDenied" => Configuration(
                "The credentials may not report usage. Nothing was billed. Allow aws-marketplace:BatchMeterUsage, in the account that owns the listing."),
            "UnrecognizedClientException" or "InvalidClientTokenId" => Configuration(
                "AWS does not know the access key. Nothing was billed. Check the console's AWS credentials; keys of China belong to China only."),
            "InvalidSignatureException" or "SignatureDoesNotMatch" or "IncompleteSignatureException" or "RequestExpired" => Configuration(
                "AWS refuses the signature. Nothing was billed. Check the secret access key and this machine's clock" + Clock(clockDifference)),
            "ExpiredTokenException" or "ExpiredToken" => Configuration(
                "The temporary AWS credentials have expired. Nothing was billed. Renew them, or check the role that should."),
            "MissingAuthenticationTokenException" or "MissingAuthenticationToken" => Configuration(
                "AWS saw no signature. Nothing was billed. Something between the console and AWS may be removing headers."),
            // One malformed record is enough for it: halves find out which, and the others go out.
            "ValidationException" or "SerializationException" => Rejected(RejectionCause.InvalidRecord,
                "AWS does not accept the form of the record. Nothing was billed. Check the entitlement's and product's AWS fields; if they are right, this is a defect of the console."),
            "UnknownOperationException" => Configuration(
                "AWS does not accept the form of the request. Nothing was billed. Check the entitlement's and product's AWS fields; if they are right, this is a defect of the console."),

            _ => NotUnderstood(status, name),
        };

        MeteringReceipt Throttled() => new MeteringReceipt.NotProcessed("AWS limits how often it is called. Nothing was billed; the same record goes again by itself.");

        MeteringReceipt Rejected(RejectionCause cause, string sentence) => new MeteringReceipt.Rejected(cause, name!, With(sentence));

        MeteringReceipt Configuration(string sentence) => Rejected(RejectionCause.Configuration, sentence);

        string With(string sentence) => message.Length == 0 ? sentence : $"{sentence} AWS says: {message}";
    }

    private static MeteringReceipt.Unknown NotUnderstood(int status, string? name) => new(
        $"AWS answered {status}{(name is null ? "" : $" {name}")}, which does not tell whether the record was billed. "
        + "The same record is sent again until AWS says.");

    private static string Clock(TimeSpan? difference) => difference switch
    {
        null => ": AWS allows 5 minutes.",
        { } apart when apart.Duration() < TimeSpan.FromMinutes(1) => ", which agrees with AWS's: the key is the likelier cause.",
        { } apart => $", which is {apart.Duration().TotalMinutes:0} min {(apart > TimeSpan.Zero ? "ahead of" : "behind")} AWS's: it allows 5.",
    };
}
