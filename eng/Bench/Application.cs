using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Playwright;

namespace LagoConsole.Bench;

/// <summary>The shipped build in a process of its own, as a newcomer starts it.</summary>
internal sealed class Application : IAsyncDisposable
{
    private readonly Process _process;

    private Application(Process process, Uri address)
    {
        _process = process;
        Address = address;
    }

    public Uri Address { get; }

    public int ProcessId => _process.Id;

    /// <summary>Starts it, and waits for its first page.</summary>
    /// <param name="folder">Its data folder.</param>
    public static Task<Application> StartAsync(string folder)
    {
        ProcessStartInfo start = Program(Path.GetFullPath(Path.Combine("LagoConsole", "bin", "Release", "net10.0", "LagoConsole.dll")));
        start.WorkingDirectory = Path.GetFullPath("LagoConsole");
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Development";
        start.Environment["Database__DataFolder"] = folder;
        start.Environment["Logging__LogLevel__Default"] = "None";
        return StartAsync(start, address => start.Environment["ASPNETCORE_URLS"] = address);
    }

    /// <summary>A web application of the same framework that has one empty page.</summary>
    public static Task<Application> StartEmptyAsync()
    {
        ProcessStartInfo start = Program(typeof(Application).Assembly.Location);
        return StartAsync(start, address =>
        {
            start.ArgumentList.Add("empty");
            start.ArgumentList.Add(address);
        });
    }

    /// <summary>What <see cref="StartEmptyAsync"/> starts.</summary>
    public static async Task BeEmptyAsync(string address)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(address);
        await using WebApplication app = builder.Build();
        app.MapGet("/", () => Results.Content("<!doctype html><title>Empty</title>", "text/html"));
        await app.RunAsync();
    }

    /// <summary>A headless browser; <c>LAGOCONSOLE_CHROMIUM</c> names another one.</summary>
    public static Task<IBrowser> OpenBrowserAsync(IPlaywright playwright) => playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
    {
        ExecutablePath = Environment.GetEnvironmentVariable("LAGOCONSOLE_CHROMIUM") ?? "/usr/bin/chromium",
        Args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"],
    });

    /// <summary>A page of a browser that shares nothing with others, signed in.</summary>
    public async Task<IPage> SignInAsync(IBrowser browser)
    {
        IBrowserContext context = await browser.NewContextAsync(new BrowserNewContextOptions { BaseURL = Address.ToString(), ViewportSize = new ViewportSize { Width = 1440, Height = 900 } });
        IPage page = await context.NewPageAsync();
        await page.GotoAsync("/login");
        await page.FillAsync("#name", "bench");
        await page.SelectOptionAsync("#role", "Admin");
        await page.ClickAsync("button[type=submit]");
        await page.WaitForSelectorAsync("[data-interactive=true]");
        return page;
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static ProcessStartInfo Program(string assembly)
    {
        ProcessStartInfo start = new(Environment.ProcessPath!) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(assembly);
        return start;
    }

    private static async Task<Application> StartAsync(ProcessStartInfo start, Action<string> listen)
    {
        Uri address = FreeAddress();
        listen(address.ToString());
        Process process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        Application application = new(process, address);
        await application.FirstPageAsync();
        return application;
    }

    private async Task FirstPageAsync()
    {
        using HttpClient http = new(new SocketsHttpHandler());
        using CancellationTokenSource patience = new(TimeSpan.FromMinutes(2), TimeProvider.System);
        while (true)
        {
            try
            {
                using HttpResponseMessage answer = await http.GetAsync(Address, patience.Token);
                answer.EnsureSuccessStatusCode();
                await answer.Content.ReadAsByteArrayAsync(patience.Token);
                return;
            }
            catch (HttpRequestException) when (!_process.HasExited)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, patience.Token);
            }
        }
    }

    private static Uri FreeAddress()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/"));
    }
}
