using Amazon.Runtime;
using Amazon.Runtime.Credentials;
using Amazon.Runtime.Identity;
using LagoConsole.Core.Accounts;
using LagoConsole.Core.Sandbox;
using LagoConsole.Core.Time;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace LagoConsole.Core.Reporting.Aws;

/// <summary>Registers the way out to AWS Marketplace.</summary>
public static class AwsRegistration
{
    public static IServiceCollection AddAwsMarketplace(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<AwsOptions>()
            .Bind(configuration.GetSection(AwsOptions.Section))
            .ValidateDataAnnotations()
            .ValidateOnStart();

        services.AddAccounts();
        services.AddSingleton<IIdentityResolver<AWSCredentials>>(_ => new DefaultAWSCredentialsIdentityResolver());
        services.AddSingleton<AwsCredentialSource>();
        services.AddSingleton<IMarketplaceMeter>(provider => new AwsMarketplaceMeter(
            MeteringCall.CreateClient(useProxy: !provider.GetRequiredService<ISandboxDoor>().IsOpen),
            provider.GetRequiredService<AwsCredentialSource>(),
            provider.GetRequiredService<ISandboxDoor>(),
            provider.GetRequiredService<IOptions<AwsOptions>>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetService<NetworkClock>()));
        return services;
    }
}
