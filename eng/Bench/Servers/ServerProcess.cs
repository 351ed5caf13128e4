using System.Diagnostics;
using System.Globalization;

namespace LagoConsole.Bench.Servers;

/// <summary>A <see cref="Server"/> in a process of its own; ends with this one.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly HttpClient _http;

    private ServerProcess(Process process, Uri address, int customers)
    {
        _process = process;
        Address = address;
        Customers = customers;
        _http = new HttpClient { BaseAddress = address };
    }

    public Uri Address { get; }

    public Uri Aws => new(Address, "/aws");

    public int Customers { get; }

    public static async Task<ServerProcess> StartAsync(int customers, int metrics, TimeSpan latency)
    {
        ProcessStartInfo start = new(Environment.ProcessPath!) { RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false };
        start.ArgumentList.Add(typeof(ServerProcess).Assembly.Location);
        foreach (string argument in (string[])["server", Text(customers), Text(metrics), Text((int)latency.TotalMilliseconds)])
        {
            start.ArgumentList.Add(argument);
        }

        Process process = Process.Start(start)!;
        string address = await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The server to measure against did not start.");
        return new ServerProcess(process, new Uri(address), customers);

        static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>Usage of so many customers grows, in each metric.</summary>
    public async Task NextRoundAsync(int changed)
    {
        using HttpResponseMessage response = await _http.PostAsync(string.Create(CultureInfo.InvariantCulture, $"/round/{changed}"), content: null);
        response.EnsureSuccessStatusCode();
        await CallsAsync();
    }

    /// <summary>Calls since this was asked last, or the round began.</summary>
    public async Task<long> CallsAsync()
    {
        using HttpResponseMessage response = await _http.PostAsync("/calls", content: null);
        return long.Parse(await response.Content.ReadAsStringAsync(), CultureInfo.InvariantCulture);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
