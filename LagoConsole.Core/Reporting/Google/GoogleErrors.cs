namespace LagoConsole.Core.Reporting.Google;

/// <summary>What Google's refusals mean for a record. Pure. Names and meaning: Service Control v1 and Google's error model.</summary>
internal static class GoogleErrors
{
    /// <summary>Google asks for half a minute before a call that was one too many is made again.</summary>
    private static readonly TimeSpan Throttle = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Of a call that did not succeed. A refusal is believed only where Google names it: a status alone may come from anything on the way.
    /// </summary>
    /// <param name="status">HTTP.</param>
    /// <param name="name">Google's name of the error, such as <c>PERMISSION_DENIED</c>; null when the answer names none.</param>
    /// <param name="message">Google's own words, secrets removed; may be empty.</param>
    /// <param name="isReport">A report may have been taken whatever a failing server says; a check bills nothing.</param>
    public static MeteringReceipt OfCall(int status, string? name, string message, bool isReport)
    {
        return (status, name) switch
        {
            (429, _) when isReport => new MeteringReceipt.Unknown(
                With("Google limits how often it is called, and does not say whether the operation was taken. The same operation is reported again: it counts once."), Throttle),
            (429, _) => new MeteringReceipt.NotProcessed(With("Google limits how often it is called. Nothing was billed; the same record goes again by itself."), Throttle),
            (400, "INVALID_ARGUMENT") => Rejected(RejectionCause.InvalidRecord,
                "Google does not accept the form of the call. Nothing was billed. Check the entitlement's usage reporting ID and the product's service; if they are right, this is a defect of the console."),
            (401, "UNAUTHENTICATED") => Rejected(RejectionCause.Configuration,
                "Google does not accept the access token. Nothing was billed. Check the service account, and this machine's clock."),
            (403, "PERMISSION_DENIED") => Rejected(RejectionCause.Configuration,
                "The service account may not report for this service. Nothing was billed. Grant it the role Service Controller (roles/servicemanagement.serviceController) on the service."),
            (404, "NOT_FOUND") => Rejected(RejectionCause.Configuration,
                "Google does not know this service. Nothing was billed. Compare the product's service name with the Producer Portal."),
            _ when isReport => new MeteringReceipt.Unknown(
                $"Google answered {status}{(name is null ? "" : $" {name}")}, which does not tell whether the record was billed. The same operation is reported again: it counts once."),
            _ => new MeteringReceipt.NotProcessed(
                $"Google answered {status}{(name is null ? "" : $" {name}")} when it was asked whether the buyer may be billed. Nothing was reported; the same record goes again by itself."),
        };

        MeteringReceipt Rejected(RejectionCause cause, string sentence) => new MeteringReceipt.Rejected(cause, name!, With(sentence));

        string With(string sentence) => message.Length == 0 ? sentence : $"{sentence} Google says: {message}";
    }

    /// <summary>Of one operation that a report names as failed.</summary>
    /// <param name="code">Google's canonical code: 3 invalid argument, 5 not found, 7 permission denied, 14 unavailable, and so on.</param>
    public static MeteringReceipt OfOperation(int code, string message)
    {
        return code switch
        {
            3 or 9 or 11 => new MeteringReceipt.Rejected(RejectionCause.InvalidRecord, $"code {code}", With(
                "Google does not accept the operation. Nothing was billed. Compare the dimension's key with the service's metrics: the plan is often part of the name.")),
            5 => new MeteringReceipt.Rejected(RejectionCause.NotSubscribed, "NOT_FOUND", With(
                "Google does not know this usage reporting ID, or its purchase has ended. Nothing was billed. Check the entitlement in the Producer Portal.")),
            7 => new MeteringReceipt.Rejected(RejectionCause.NotSubscribed, "PERMISSION_DENIED", With(
                "Google does not take usage of this buyer: its project may be without billing. Nothing was billed. Check the entitlement in the Producer Portal.")),
            _ => new MeteringReceipt.Unknown(With(
                $"Google failed on this operation (code {code}) and does not say whether it was taken. The same operation is reported again: it counts once.")),
        };

        string With(string sentence) => message.Length == 0 ? sentence : $"{sentence} Google says: {message}";
    }

    /// <summary>Of a check that did not pass.</summary>
    /// <param name="code">As Google writes it, such as <c>SERVICE_NOT_ACTIVATED</c>; null when it writes none.</param>
    public static MeteringReceipt OfCheck(string? code, string detail)
    {
        string said = detail.Length == 0 ? "" : $" Google says: {detail}";
        return code is null or "ERROR_CODE_UNSPECIFIED" or "RESOURCE_EXHAUSTED" || code.EndsWith("_UNAVAILABLE", StringComparison.Ordinal)
            ? new MeteringReceipt.NotProcessed(
                $"Google could not tell whether the buyer may be billed{(code is null ? "" : $" ({code})")}. Nothing was reported; the same record goes again by itself.{said}",
                code == "RESOURCE_EXHAUSTED" ? Throttle : null)
            : new MeteringReceipt.Rejected(RejectionCause.NotSubscribed, code,
                $"Google says that this buyer cannot be billed. Nothing was reported. Check the purchase in the Producer Portal: it may be suspended, cancelled, or its project without billing.{said}");
    }
}
