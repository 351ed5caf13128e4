using System.Globalization;

namespace LagoConsole.Core.Reporting.Azure;

/// <summary>What Azure's refusals mean for a record. Pure. Names and meaning: metering service 2018-08-31.</summary>
internal static class AzureErrors
{
    /// <summary>Of one event; null for a status that is not a documented refusal.</summary>
    /// <param name="message">Azure's own words, secrets removed; may be empty.</param>
    public static MeteringReceipt? OfItem(string? status, string message)
    {
        return status switch
        {
            "Expired" => Rejected(RejectionCause.OutOfWindow,
                "Azure no longer takes events of this hour, or this machine's clock is ahead of Azure's. Nothing was billed; the money goes into a later hour."),
            "InvalidDimension" => Rejected(RejectionCause.UnknownDimension,
                "The plan has no such dimension in Azure. Nothing was billed. Compare the dimension's key with the plan in Partner Center: upper and lower case count."),
            "InvalidQuantity" or "BadArgument" => Rejected(RejectionCause.InvalidRecord,
                "Azure does not accept a field of the event. Nothing was billed. Check the entitlement's resource and plan; if they are right, this is a defect of the console."),
            "ResourceNotFound" => Rejected(RejectionCause.NotSubscribed,
                "Azure does not know this subscription, or not with this plan. Nothing was billed. Check the entitlement's resource ID and plan; if the subscription has changed its plan, put the new one on the entitlement."),
            "ResourceNotActive" => Rejected(RejectionCause.NotSubscribed,
                "Azure says that the subscription is not active: suspended, cancelled or not started. Nothing was billed. Check its state in Partner Center."),
            "ResourceNotAuthorized" => Rejected(RejectionCause.NotSubscribed,
                "The offer of this subscription does not name the app that reports. Nothing was billed. Compare tenant and app ID with the offer's technical configuration."),
            "Error" => new MeteringReceipt.Unknown(
                With("Azure failed on this event and does not say whether it was billed. The same record is sent again until Azure says.")),
            _ => null,
        };

        MeteringReceipt Rejected(RejectionCause cause, string sentence) => new MeteringReceipt.Rejected(cause, status!, With(sentence));

        string With(string sentence) => message.Length == 0 ? sentence : $"{sentence} Azure says: {message}";
    }

    /// <summary>
    /// Of a whole call that did not succeed. A refusal is believed only where Azure names it: a status alone may come from anything on the
    /// way. Only a missing or bad token is refused before anything is looked at.
    /// </summary>
    /// <param name="code">Null when the answer names none.</param>
    /// <param name="retryAfter">The header, in seconds or as a date; null without it.</param>
    public static MeteringReceipt OfCall(int status, string? code, string message, string? retryAfter)
    {
        return (status, code) switch
        {
            (429, _) => new MeteringReceipt.Unknown(
                "Azure limits how often it is called, which none of its documents describes: whether the record was billed is not known. The same record is sent again until Azure says.", Wait(retryAfter)),
            (400, "BadArgument") => new MeteringReceipt.Rejected(RejectionCause.InvalidRecord, "BadArgument", With(
                "Azure does not accept the form of the call. Nothing was billed. Check the entitlement's resource and plan; if they are right, this is a defect of the console.")),
            (401, _) => Configuration("Unauthorized", "Azure does not accept the access token. Nothing was billed. Check tenant, app ID and secret of the app that reports."),
            (403, "Forbidden") => Configuration("Forbidden",
                "The app that reports is not the one in the offer's technical configuration. Nothing was billed. Compare tenant and app ID with Partner Center."),
            _ => new MeteringReceipt.Unknown(
                $"Azure answered {status}{(code is null ? "" : $" {code}")}, which does not tell whether the record was billed. The same record is sent again until Azure says."),
        };

        MeteringReceipt Configuration(string name, string sentence) => new MeteringReceipt.Rejected(RejectionCause.Configuration, name, With(sentence));

        string With(string sentence) => message.Length == 0 ? sentence : $"{sentence} Azure says: {message}";
    }

    /// <summary>Seconds only: a date would need a clock that agrees with theirs.</summary>
    private static TimeSpan? Wait(string? retryAfter) =>
        int.TryParse(retryAfter, NumberStyles.None, CultureInfo.InvariantCulture, out int seconds) && seconds <= 3600 ? TimeSpan.FromSeconds(seconds) : null;
}
