using Google.Apis.Auth.OAuth2;
using Google.Apis.Util;
using LagoConsole.Core.Sandbox;
using LagoConsole.Core.Time;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace LagoConsole.Core.Reporting.Google;

/// <summary>Registers the way out to Google Cloud Marketplace.</summary>
public static class GoogleRegistration
{
    public static IServiceCollection AddGoogleMarketplace(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<GoogleOptions>()
            .Bind(configuration.GetSection(GoogleOptions.Section))
            .ValidateDataAnnotations()
            .ValidateOnStart();

        services.AddSingleton<IMarketplaceMeter>(provider =>
        {
            ISandboxDoor sandbox = provider.GetRequiredService<ISandboxDoor>();
            TimeProvider clock = provider.GetRequiredService<TimeProvider>();
            return new GoogleMarketplaceMeter(
                MeteringCall.CreateClient(useProxy: !sandbox.IsOpen),
                new GoogleTokenSource(sandbox.IsOpen ? _ => Task.FromResult<ITokenAccess>(SandboxAccount(sandbox, clock)) : DefaultAsync),
                sandbox, provider.GetRequiredService<IOptions<GoogleOptions>>(), clock, provider.GetService<NetworkClock>());
        });
        return services;
    }

    private static async Task<ITokenAccess> DefaultAsync(CancellationToken cancellationToken) =>
        (ITokenAccess)(await GoogleCredential.GetApplicationDefaultAsync(cancellationToken)).CreateScoped(GoogleTokenSource.Scope).UnderlyingCredential;

    /// <summary>The sandbox's service account, with the real client: a signed assertion for a token.</summary>
    /// <param name="http">Null for real sockets.</param>
    internal static ServiceAccountCredential SandboxAccount(
        ISandboxDoor sandbox, TimeProvider clock, global::Google.Apis.Http.IHttpClientFactory? http = null, string scope = GoogleTokenSource.Scope)
    {
        (string email, string privateKey) = sandbox.GoogleAccount;
        return new ServiceAccountCredential(new ServiceAccountCredential.Initializer(email, sandbox.GoogleTokenAddress.AbsoluteUri)
        {
            Scopes = [scope],
            Clock = new Clock(clock),
            HttpClientFactory = http ?? global::Google.Apis.Http.HttpClientFactory.ForProxy(new System.Net.WebProxy()), // no address: none, whatever the machine's settings say
        }.FromPrivateKey(privateKey));
    }

    /// <summary>Google's own name for a clock.</summary>
    private sealed class Clock(TimeProvider time) : IClock
    {
        public DateTime Now => time.GetLocalNow().DateTime;

        public DateTime UtcNow => time.GetUtcNow().UtcDateTime;
    }
}
