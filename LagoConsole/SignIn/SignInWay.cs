using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace LagoConsole.SignIn;

/// <summary>How people prove who they are in this process.</summary>
public enum SignInWay
{
    /// <summary>Entra ID; the only way in Production.</summary>
    EntraId = 1,

    /// <summary>A name and a role of one's choice: Development and tests.</summary>
    Local = 2,
}

/// <summary>Chooses the way from environment and configuration; a combination that would let anybody in stops the start.</summary>
internal static class SignInWays
{
    /// <summary>The environment of the test suite.</summary>
    public const string TestingEnvironment = "Testing";

    /// <summary>Forces the local sign-in, although Entra ID is configured. Refused outside Development.</summary>
    public const string LocalSetting = "SignIn:Local";

    /// <summary>Development and the test suite: nothing there is real, and http will do.</summary>
    public static bool IsForTrying(IHostEnvironment environment) => environment.IsDevelopment() || environment.IsEnvironment(TestingEnvironment);

    /// <exception cref="InvalidOperationException">The sentence names the settings to change.</exception>
    public static SignInWay Choose(IHostEnvironment environment, IConfiguration configuration)
    {
        bool localAllowed = IsForTrying(environment);
        bool localAsked = configuration.GetValue<bool>(LocalSetting);
        if (localAsked && !localAllowed)
        {
            throw new InvalidOperationException(
                $"{LocalSetting} is true, but the environment is {environment.EnvironmentName}: the local sign-in lets anybody choose a name and a role, "
                + "so it exists in Development only. Remove the setting and set AzureAd:TenantId, AzureAd:ClientId and AzureAd:ClientSecret.");
        }

        IConfigurationSection azureAd = configuration.GetSection("AzureAd");
        List<string> missing = [];
        if (string.IsNullOrWhiteSpace(azureAd["TenantId"]))
        {
            missing.Add("AzureAd:TenantId");
        }

        if (string.IsNullOrWhiteSpace(azureAd["ClientId"]))
        {
            missing.Add("AzureAd:ClientId");
        }

        // The authorization code flow ends with a call that only the holder of a credential can make.
        if (string.IsNullOrWhiteSpace(azureAd["ClientSecret"])
            && !azureAd.GetSection("ClientCredentials").Exists() && !azureAd.GetSection("ClientCertificates").Exists())
        {
            missing.Add("AzureAd:ClientSecret (or AzureAd:ClientCredentials)");
        }

        return (localAsked, localAllowed, missing) switch
        {
            (true, _, _) => SignInWay.Local,
            (_, _, []) => SignInWay.EntraId,
            (_, true, { Count: 3 }) => SignInWay.Local, // nothing is configured: a newcomer's machine
            _ => throw new InvalidOperationException(
                $"Nobody could sign in: {string.Join(", ", missing)} not set. The console shows and sends money, so it does not start "
                + $"in {environment.EnvironmentName} without Entra ID. Set them (environment: AzureAd__TenantId and so on), or start it in Development."),
        };
    }
}
