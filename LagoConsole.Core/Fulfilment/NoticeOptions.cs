namespace LagoConsole.Core.Fulfilment;

/// <summary>Where AWS's notices of purchases are fetched. Section <c>Aws</c>.</summary>
public sealed class AwsNoticeOptions
{
    /// <summary>The SQS queue that an EventBridge rule of the seller account fills. Default: null, none is read.</summary>
    public Uri? NoticesQueueUrl { get; set; }
}

/// <summary>Who may tell the console of Azure's purchases. Section <c>Azure</c>. Without both, the webhook takes nothing.</summary>
public sealed class AzureNoticeOptions
{
    /// <summary>The app ID of the offer's technical configuration: the audience of the webhook's tokens.</summary>
    public string? WebhookAppId { get; set; }

    /// <summary>The tenant ID of the offer's technical configuration: the issuer of the webhook's tokens.</summary>
    public string? WebhookTenantId { get; set; }
}

/// <summary>Whose purchases are read from Google, and where its notices are fetched. Section <c>Google</c>.</summary>
public sealed class GoogleNoticeOptions
{
    /// <summary>The provider's id in the Producer Portal. Default: null, no purchase is read.</summary>
    public string? ProviderId { get; set; }

    /// <summary>The Pub/Sub subscription to the marketplace's topic: <c>projects/…/subscriptions/…</c>. Default: null, none is read.</summary>
    public string? NoticesSubscription { get; set; }
}
