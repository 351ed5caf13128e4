using System.Net;
using LagoConsole.Core.Integrations;
using LagoConsole.Core.Lago;
using LagoConsole.Core.Sandbox;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace LagoConsole.Tests.Lago;

public sealed class LagoAddressesTests : LagoTest
{
    private LagoAddresses Addresses => Services.GetRequiredService<LagoAddresses>();

    [Theory]
    [InlineData("https://lago.example.com", "https://lago.example.com/api/v1")]
    [InlineData(" https://lago.example.com/ ", "https://lago.example.com/api/v1")]
    [InlineData("https://lago.example.com/api/v1", "https://lago.example.com/api/v1")]
    [InlineData("https://LAGO.example.com/api/v1//", "https://lago.example.com/api/v1")]
    [InlineData("https://lago.example.com:8443/billing", "https://lago.example.com:8443/billing/api/v1")]
    [InlineData("http://127.0.0.1:3000", "http://127.0.0.1:3000/api/v1")]
    [InlineData("https://93.184.216.34/", "https://93.184.216.34/api/v1")]
    public async Task A_typed_address_becomes_the_full_base_address(string typed, string full)
    {
        Resolver.Hosts["lago.example.com"] = ["93.184.216.34"];

        LagoAddress address = await Addresses.CheckAsync(LagoRegion.SelfHosted, typed, Token);

        Assert.Equal(full, Assert.IsType<LagoAddress.Accepted>(address).BaseAddress.AbsoluteUri);
        Assert.Equal(full, Addresses.Find(LagoRegion.SelfHosted, full)!.AbsoluteUri);
    }

    [Theory]
    [InlineData("", "Type the address")]
    [InlineData(null, "Type the address")]
    [InlineData("lago.example.com", "not a web address")]
    [InlineData("ftp://lago.example.com", "not a web address")]
    [InlineData("https://", "not a web address")]
    [InlineData("/api/v1", "not a web address")]
    [InlineData("http://lago.example.com", "must begin with https://")]
    [InlineData("https://me:secret@lago.example.com", "user name")]
    [InlineData("https://lago.example.com/?a=1", "before any ? or #")]
    [InlineData("https://lago.example.com/?", "before any ? or #")]
    [InlineData("https://lago.example.com/#top", "before any ? or #")]
    [InlineData("https://app.getlago.com", "web app")]
    [InlineData("https://app.eu.getlago.com/api/v1", "web app")]
    [InlineData("https://nowhere.example.com", "cannot be found")]
    [InlineData("https://inside.example.com", "private network")]
    [InlineData("https://mixed.example.com", "private network")]
    [InlineData("https://localhost", "private network")]
    [InlineData("https://10.0.0.1", "private network")]
    [InlineData("https://2130706433", "private network")]
    [InlineData("https://[::1]", "private network")]
    [InlineData("https://[::ffff:192.168.0.1]", "private network")]
    public async Task A_wrong_address_is_refused_with_a_sentence(string? typed, string told)
    {
        Resolver.Hosts["lago.example.com"] = ["93.184.216.34"];
        Resolver.Hosts["inside.example.com"] = ["192.168.1.9"];
        Resolver.Hosts["mixed.example.com"] = ["93.184.216.34", "169.254.169.254"];
        Resolver.Hosts["localhost"] = ["127.0.0.1", "::1"];
        Settings["Lago:AllowedHosts:0"] = "127.0.0.1:3000";
        Settings["Lago:AllowedHosts:1"] = "other.example.com";

        LagoAddress address = await Addresses.CheckAsync(LagoRegion.SelfHosted, typed, Token);

        string sentence = Assert.IsType<LagoAddress.Refused>(address).Sentence;
        Assert.Contains(told, sentence, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", sentence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("lago.internal", "http://lago.internal:3000", true)]
    [InlineData("LAGO.internal:3000", "http://lago.internal:3000", true)]
    [InlineData("lago.internal:3001", "http://lago.internal:3000", false)]
    [InlineData("internal", "http://lago.internal:3000", false)]
    public async Task Configuration_allows_a_host_or_one_port_of_it(string allowed, string typed, bool accepted)
    {
        Settings["Lago:AllowedHosts:0"] = allowed;
        Resolver.Hosts["lago.internal"] = ["10.1.2.3"];

        Assert.Equal(accepted, await Addresses.CheckAsync(LagoRegion.SelfHosted, typed, Token) is LagoAddress.Accepted);
    }

    [Fact]
    public async Task Regions_have_their_own_addresses_whatever_is_typed()
    {
        Assert.Equal(new LagoAddress.Accepted(new Uri("https://api.getlago.com/api/v1")), await Addresses.CheckAsync(LagoRegion.Us, "x", Token));
        Assert.Equal(new LagoAddress.Accepted(new Uri("https://api.eu.getlago.com/api/v1")), await Addresses.CheckAsync(LagoRegion.Eu, null, Token));
        Assert.IsType<LagoAddress.Refused>(await Addresses.CheckAsync(LagoRegion.Sandbox, null, Token));
        Assert.Null(Addresses.Find(LagoRegion.Sandbox, ""));
        Assert.Throws<ArgumentOutOfRangeException>(() => Addresses.Find((LagoRegion)99, ""));
    }

    [Fact]
    public async Task The_sandbox_may_be_called_on_loopback_without_https_and_its_neighbours_may_not()
    {
        Settings.Clear();
        Server.Otherwise = LagoServer.Json(200, LagoAnswers.Organization);
        Sandbox = new OpenDoor(Server.BaseAddress);

        Assert.Equal(new LagoAddress.Accepted(Server.BaseAddress), await Addresses.CheckAsync(LagoRegion.Sandbox, null, Token));
        Value(await Lago.GetOrganizationAsync(Token));
        Assert.IsType<LagoAddress.Refused>(await Addresses.CheckAsync(LagoRegion.SelfHosted, "https://127.0.0.1:1", Token));
    }

    [Theory]
    [InlineData("http://lago.example.com:{0}/api/v1", "Lago could not be reached: lago.example.com would be called without https")]
    [InlineData("https://lago.example.com:{0}/api/v1", "Lago could not be reached: lago.example.com is in a private network")]
    public async Task A_name_that_was_pointed_inside_later_is_refused_at_the_connection(string address, string told)
    {
        Resolver.Hosts["lago.example.com"] = ["127.0.0.1"];
        Uri target = new(string.Format(System.Globalization.CultureInfo.InvariantCulture, address, Server.BaseAddress.Port));
        LagoClient lago = Services.GetRequiredService<LagoClientFactory>().Create(target, LagoApiKey.Parse(Key), "i");

        LagoFailure failure = Failure(await lago.GetOrganizationAsync(Token));

        Assert.StartsWith(told, failure.Sentence, StringComparison.Ordinal);
        Assert.Empty(Server.Targets);
        Assert.Empty(Clock.Waits);
    }

    [Fact]
    public async Task An_unknown_name_and_a_server_without_encryption_are_told_apart()
    {
        LagoClientFactory clients = Services.GetRequiredService<LagoClientFactory>();
        Uri encrypted = new UriBuilder(Server.BaseAddress) { Scheme = "https" }.Uri;

        LagoFailure unknown = Failure(await clients.Create(new Uri("https://gone.example.com/api/v1"), LagoApiKey.Parse(Key), "i").GetOrganizationAsync(Token));
        LagoFailure bare = Failure(await clients.Create(encrypted, LagoApiKey.Parse(Key), "i").GetOrganizationAsync(Token));

        Assert.Contains("name cannot be found", unknown.Sentence, StringComparison.Ordinal);
        Assert.Contains("secure connection", bare.Sentence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("8.8.8.8", false)]
    [InlineData("172.15.255.255", false)]
    [InlineData("172.16.0.0", true)]
    [InlineData("172.31.255.255", true)]
    [InlineData("172.32.0.0", false)]
    [InlineData("100.64.0.1", true)]
    [InlineData("169.254.169.254", true)]
    [InlineData("0.0.0.0", true)]
    [InlineData("255.255.255.255", true)]
    [InlineData("::", true)]
    [InlineData("fd00::1", true)]
    [InlineData("fe80::1", true)]
    [InlineData("2606:4700::1", false)]
    [InlineData("::ffff:10.0.0.1", true)]
    [InlineData("::ffff:8.8.8.8", false)]
    [InlineData("64:ff9b::7f00:1", true)]
    [InlineData("64:ff9b::808:808", false)]
    [InlineData("2002:7f00:1::", true)]
    [InlineData("2002:808:808::", false)]
    public void Addresses_inside_are_known_in_all_their_spellings(string address, bool inside) =>
        Assert.Equal(inside, LagoNetworkGuard.IsInside(IPAddress.Parse(address)));

    [Fact]
    public async Task The_machines_name_service_is_asked_by_default() =>
        Assert.Contains(IPAddress.Loopback, await new DnsHostResolver().ResolveAsync("localhost", Token));

    private sealed class OpenDoor(Uri lago) : ISandboxDoor
    {
        public bool IsOpen => true;

        public Uri LagoBaseAddress => lago;

        public (string AccessKeyId, string SecretAccessKey) AwsCredentials => throw new NotSupportedException();

        public Uri AwsEndpoint(string region) => throw new NotSupportedException();
    }
}
