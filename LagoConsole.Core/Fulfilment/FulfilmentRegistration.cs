using LagoConsole.Core.Accounts;
using LagoConsole.Core.Reporting;
using LagoConsole.Core.Reporting.Aws;
using LagoConsole.Core.Reporting.Azure;
using LagoConsole.Core.Reporting.Google;
using LagoConsole.Core.Sandbox;
using LagoConsole.Core.Time;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace LagoConsole.Core.Fulfilment;

/// <summary>Registers what makes purchases follow their marketplaces.</summary>
public static class FulfilmentRegistration
{
    public static IServiceCollection AddFulfilment(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<AwsNoticeOptions>().Bind(configuration.GetSection(AwsOptions.Section))
            .Validate(
                options => options.NoticesQueueUrl is null or { IsAbsoluteUri: true, Segments.Length: >= 3 },
                "Aws:NoticesQueueUrl is not a queue's address, for example https://sqs.us-east-1.amazonaws.com/111111111111/marketplace-notices")
            .Validate(
                options => options.NoticesQueueUrl is not { IsAbsoluteUri: true } queue || queue.Scheme == Uri.UriSchemeHttps || queue.IsLoopback,
                "Aws:NoticesQueueUrl must begin with https.")
            .ValidateOnStart();
        services.AddOptions<AzureNoticeOptions>().Bind(configuration.GetSection(AzureOptions.Section))
            .Validate(
                options => (options.WebhookAppId, options.WebhookTenantId) is (null, null)
                    || (Guid.TryParse(options.WebhookAppId, out _) && Guid.TryParse(options.WebhookTenantId, out _)),
                "Azure:WebhookAppId and Azure:WebhookTenantId are the GUIDs of the offer's technical configuration; set both or neither.")
            .ValidateOnStart();
        services.AddOptions<GoogleNoticeOptions>().Bind(configuration.GetSection(GoogleOptions.Section))
            .Validate(
                options => options.NoticesSubscription?.Split('/') is null or ["projects", { Length: > 0 }, "subscriptions", { Length: > 0 }],
                "Google:NoticesSubscription is not a subscription's name, for example projects/vendor-public/subscriptions/marketplace-notices")
            .ValidateOnStart();

        services.AddSingleton(provider => new AwsCustomers(
            Client(provider), provider.GetRequiredService<AwsCredentialSource>(), provider.GetRequiredService<ISandboxDoor>(),
            provider.GetRequiredService<IOptions<AwsOptions>>(), provider.GetRequiredService<TimeProvider>(), provider.GetService<NetworkClock>()));
        services.AddSingleton(provider => new AzureSubscriptions(
            Client(provider), provider.GetRequiredService<AzureTokenSource>(), provider.GetRequiredService<ISandboxDoor>(),
            provider.GetRequiredService<IOptions<AzureOptions>>(), provider.GetService<NetworkClock>()));
        services.AddSingleton(provider => new GoogleEntitlements(
            Client(provider), GoogleTokens(provider), provider.GetRequiredService<ISandboxDoor>(),
            provider.GetRequiredService<IOptions<GoogleOptions>>(), provider.GetRequiredService<IOptions<GoogleNoticeOptions>>(), provider.GetService<NetworkClock>()));
        services.AddSingleton<INoticeQueue>(provider => new AwsNoticeQueue(
            provider.GetRequiredService<AwsCredentialSource>(), provider.GetRequiredService<ISandboxDoor>(),
            provider.GetRequiredService<IOptions<AwsNoticeOptions>>(), provider.GetRequiredService<IOptions<AwsOptions>>()));
        services.AddSingleton<INoticeQueue>(provider => new GoogleNoticeQueue(
            Client(provider), GoogleTokens(provider), provider.GetRequiredService<ISandboxDoor>(),
            provider.GetRequiredService<IOptions<GoogleOptions>>(), provider.GetRequiredService<IOptions<GoogleNoticeOptions>>(), provider.GetService<NetworkClock>()));
        return services.AddSingleton<PurchaseService>()
            .AddSingleton<PurchaseTokens>()
            .AddSingleton<PurchaseSync>()
            .AddSingleton<AskingProducts>()
            .AddSingleton<NoticeStore>()
            .AddSingleton<NoticeActions>()
            .AddSingleton<NoticeRun>()
            .AddSingleton<NoticeQueries>();
    }

    private static HttpClient Client(IServiceProvider provider) => MeteringCall.CreateClient(useProxy: !provider.GetRequiredService<ISandboxDoor>().IsOpen);

    /// <summary>Metering's tokens are good for metering only.</summary>
    private static GoogleTokenSource GoogleTokens(IServiceProvider provider) => new(
        new GoogleAccounts(
            provider.GetRequiredService<AccountNetwork>(), provider.GetRequiredService<ISandboxDoor>(), provider.GetRequiredService<TimeProvider>(),
            GoogleEntitlements.Scope).OpenAsync,
        provider.GetRequiredService<IProductAccounts>());
}
