using LagoConsole.Core.Reporting;
using LagoConsole.Core.Sandbox;
using GoogleClients = Google.Apis.Http.IHttpClientFactory;

namespace LagoConsole.Core.Accounts;

/// <summary>How marketplaces and identity providers are called about accounts. Tests put their own handlers here.</summary>
/// <param name="http">Sends what it is given, once; has no limit of its own.</param>
/// <param name="google">For Google's library, which makes its clients itself; null for its usual ones.</param>
public sealed class AccountNetwork(HttpClient http, GoogleClients? google) : IDisposable
{
    public AccountNetwork(ISandboxDoor sandbox)
        : this(MeteringCall.CreateClient(useProxy: !sandbox.IsOpen), sandbox.IsOpen ? NoProxy : null)
    {
    }

    /// <summary>The sandbox is this process: no proxy stands between, whatever the machine's settings say.</summary>
    private static GoogleClients NoProxy => global::Google.Apis.Http.HttpClientFactory.ForProxy(new System.Net.WebProxy());

    public HttpClient Http { get; } = http;

    public GoogleClients? Google { get; } = google;

    public void Dispose() => Http.Dispose();
}
