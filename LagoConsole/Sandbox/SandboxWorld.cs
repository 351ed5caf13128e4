using LagoConsole.Sandbox.Aws;
using LagoConsole.Sandbox.Azure;
using LagoConsole.Sandbox.Faults;
using LagoConsole.Sandbox.Google;
using LagoConsole.Sandbox.Lago;

namespace LagoConsole.Sandbox;

/// <summary>
/// One sandbox: a Lago, three marketplaces and their faults. Nothing is static, the clock is given, chance comes
/// from a seed: any number of worlds run side by side and each run is repeatable.
/// </summary>
public sealed class SandboxWorld : IDisposable
{
    /// <param name="clock">The one clock of app and sandbox.</param>
    /// <param name="options">Where it is kept and what it begins with.</param>
    /// <exception cref="InvalidDataException">A journal is damaged.</exception>
    public SandboxWorld(TimeProvider clock, SandboxOptions options)
    {
        Clock = clock;
        Faults = new SandboxFaults(options.Seed);
        Lago = new SandboxLago(clock, PathOf(options, "lago"), options.Seed, options.Grows);
        Aws = new SandboxAws(clock, PathOf(options, "aws"), Faults);
        Azure = new SandboxAzure(clock, PathOf(options, "azure"), Faults);
        Google = new SandboxGoogle(clock, PathOf(options, "google"), Faults);
        foreach (AwsCredentials key in (AwsCredentials[])[SandboxKeys.Aws, SandboxKeys.AwsTemporary])
        {
            Aws.Credentials[key.AccessKeyId] = key;
        }

        if (options.Furnished)
        {
            LagoFurniture.Into(Lago);
            AwsFurniture.Into(Aws);
            AzureFurniture.Into(Azure);
            GoogleFurniture.Into(Google);
        }
    }

    /// <summary>The one clock.</summary>
    public TimeProvider Clock { get; }

    /// <summary>The Lago.</summary>
    public SandboxLago Lago { get; }

    /// <summary>The AWS Marketplace.</summary>
    public SandboxAws Aws { get; }

    /// <summary>The Azure Marketplace.</summary>
    public SandboxAzure Azure { get; }

    /// <summary>The Google Cloud Marketplace.</summary>
    public SandboxGoogle Google { get; }

    /// <summary>What goes wrong.</summary>
    public SandboxFaults Faults { get; }

    /// <summary>A client's handler that reaches this world without a socket, through the same checks and faults.</summary>
    public HttpMessageHandler CreateHandler() => new InProcessHandler(this);

    /// <inheritdoc/>
    public void Dispose()
    {
        Lago.Dispose();
        Aws.Dispose();
        Azure.Dispose();
        Google.Dispose();
    }

    private static string? PathOf(SandboxOptions options, string service) =>
        options.Folder is null ? null : Path.Combine(options.Folder, service + ".jsonl");
}
