using LagoConsole.SignIn;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting.Internal;
using Xunit;

namespace LagoConsole.Tests.SignIn;

public sealed class SignInWaysTests
{
    private const string Configured = "AzureAd:TenantId=t;AzureAd:ClientId=c;AzureAd:ClientSecret=s";

    [Theory]
    [InlineData("Development", "", SignInWay.Local)]
    [InlineData("Testing", "", SignInWay.Local)]
    [InlineData("Development", Configured, SignInWay.EntraId)]
    [InlineData("Production", Configured, SignInWay.EntraId)]
    [InlineData("Development", Configured + ";SignIn:Local=true", SignInWay.Local)]
    public void Chooses_Entra_ID_wherever_it_is_configured(string environment, string settings, SignInWay expected) =>
        Assert.Equal(expected, Choose(environment, settings));

    [Theory]
    [InlineData("Production", "", "AzureAd:TenantId, AzureAd:ClientId, AzureAd:ClientSecret")]
    [InlineData("Staging", "", "AzureAd:TenantId, AzureAd:ClientId, AzureAd:ClientSecret")]
    [InlineData("Production", "AzureAd:TenantId=t;AzureAd:ClientId=c", "AzureAd:ClientSecret")]
    [InlineData("Development", "AzureAd:ClientId=c", "AzureAd:TenantId")]
    [InlineData("Production", Configured + ";SignIn:Local=true", "SignIn:Local is true, but the environment is Production")]
    [InlineData("Staging", "SignIn:Local=true", "SignIn:Local is true, but the environment is Staging")]
    public void Does_not_start_where_anybody_or_nobody_could_sign_in(string environment, string settings, string sentence)
    {
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => Choose(environment, settings));

        Assert.Contains(sentence, error.Message, StringComparison.Ordinal);
    }

    private static SignInWay Choose(string environment, string settings) => SignInWays.Choose(
        new HostingEnvironment { EnvironmentName = environment },
        new ConfigurationBuilder().AddInMemoryCollection(settings.Split(';', StringSplitOptions.RemoveEmptyEntries)
            .Select(setting => setting.Split('=')).ToDictionary(setting => setting[0], setting => (string?)setting[1], StringComparer.Ordinal)).Build());
}
