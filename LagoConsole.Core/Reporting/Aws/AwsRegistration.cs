using System.Net;
using Amazon.Runtime;
using Amazon.Runtime.Credentials;
using Amazon.Runtime.Identity;
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

        services.AddSingleton<IIdentityResolver<AWSCredentials>>(_ => new DefaultAWSCredentialsIdentityResolver());
        services.AddSingleton<AwsCredentialSource>();
        services.AddSingleton<IMarketplaceMeter>(provider => new AwsMarketplaceMeter(
            CreateClient(useProxy: !provider.GetRequiredService<ISandboxDoor>().IsOpen),
            provider.GetRequiredService<AwsCredentialSource>(),
            provider.GetRequiredService<ISandboxDoor>(),
            provider.GetRequiredService<IOptions<AwsOptions>>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetService<NetworkClock>()));
        return services;
    }

    /// <summary>
    /// A client of its own and not one of the factory's: what an app adds to all of those (retries above all) must never
    /// come between a record and its one attempt.
    /// </summary>
    /// <param name="useProxy">False for the sandbox, which is this process.</param>
    internal static HttpClient CreateClient(bool useProxy) => new(
        new SocketsHttpHandler
        {
            UseProxy = useProxy,
            AllowAutoRedirect = false, // a signature is for one address
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5), // follows DNS
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(15), // a connection that AWS is about to close would leave a record unknown
            MaxResponseHeadersLength = 64,
        })
    {
        Timeout = Timeout.InfiniteTimeSpan, // the meter's own limit covers the body too
    };
}
