using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Xunit;

namespace LagoConsole.Tests.Support;

/// <summary>
/// The console as people run it: a process of its own, in Development, on a free port of the loopback interface, with a
/// data folder of its own that survives <see cref="KillAsync"/>.
/// </summary>
public sealed partial class ConsoleProcess : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("lagoconsole-process-").FullName;
    private readonly List<string> _output = [];
    private readonly string? _dataFolder;
    private Process? _process;

    /// <param name="dataFolder">Of another console; default: one of its own.</param>
    public ConsoleProcess(string? dataFolder = null) => _dataFolder = dataFolder;

    public Uri Address { get; private set; } = null!;

    public string DataFolder => _dataFolder ?? Path.Combine(_folder, "data");

    /// <summary>What the process wrote, for a failed test.</summary>
    public string Output
    {
        get
        {
            lock (_output)
            {
                return string.Join('\n', _output);
            }
        }
    }

    /// <summary>Starts, or starts again on the same data; returns when it listens.</summary>
    /// <param name="settings">Configuration, for example <c>Sandbox:CrashAt</c>.</param>
    public async Task StartAsync(params (string Key, string Value)[] settings)
    {
        ProcessStartInfo start = Program("--urls", "http://127.0.0.1:0");
        foreach ((string key, string value) in settings)
        {
            start.Environment[key.Replace(":", "__", StringComparison.Ordinal)] = value;
        }

        TaskCompletionSource<Uri> listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _process = new Process { StartInfo = start, EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, line) => Note(line.Data, listening);
        _process.ErrorDataReceived += (_, line) => Note(line.Data, listening);
        _process.Exited += (_, _) => listening.TrySetException(new InvalidOperationException($"The console ended at its start:\n{Output}"));
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        try
        {
            Address = await listening.Task.WaitAsync(TimeSpan.FromMinutes(3), TestContext.Current.CancellationToken); // a machine may be busy
        }
        catch (TimeoutException late)
        {
            throw new TimeoutException($"The console did not listen in time:\n{Output}", late);
        }
    }

    /// <summary>Runs a command on the same data to its end; the console itself may run meanwhile.</summary>
    public async Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] args)
    {
        using Process command = Process.Start(Program(args))!;
        Task<string> output = command.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Task<string> error = command.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await command.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(90), TestContext.Current.CancellationToken);
        return (command.ExitCode, await output, await error);
    }

    /// <summary>Ends it as a power cut would: no handler runs, nothing is flushed.</summary>
    public async Task KillAsync()
    {
        if (_process is { HasExited: false })
        {
            _process.Kill();
        }

        await WaitForEndAsync(TimeSpan.FromSeconds(30));
    }

    /// <summary>Tells it to stop, as an operating system or an orchestrator does.</summary>
    public async Task TellToStopAsync()
    {
        using Process kill = Process.Start("kill", ["-TERM", _process!.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Waits until it has ended by itself.</summary>
    /// <returns>Its exit code; null where none was running.</returns>
    public async Task<int?> WaitForEndAsync(TimeSpan patience)
    {
        if (_process is null)
        {
            return null;
        }

        await _process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(patience, TestContext.Current.CancellationToken);
        int exitCode = _process.ExitCode;
        _process.Dispose();
        _process = null;
        return exitCode;
    }

    public bool HasEnded => _process is null || _process.HasExited;

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
        {
            _process.Kill();
            await _process.WaitForExitAsync(CancellationToken.None);
        }

        _process?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static string BuildConfiguration =>
        AppContext.BaseDirectory.Contains($"{Path.DirectorySeparatorChar}Release{Path.DirectorySeparatorChar}", StringComparison.Ordinal) ? "Release" : "Debug";

    private ProcessStartInfo Program(params string[] args)
    {
        string assembly = Path.Combine(AppContext.BaseDirectory, "..", "..", "..", "..", "LagoConsole", "bin", BuildConfiguration, "net10.0", "LagoConsole.dll");
        return new ProcessStartInfo("dotnet", [Path.GetFullPath(assembly), .. args])
        {
            WorkingDirectory = _folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["ASPNETCORE_ENVIRONMENT"] = "Development", ["Database__DataFolder"] = DataFolder },
        };
    }

    [GeneratedRegex("Now listening on: (?<address>https?://\\S+)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Listening();

    private void Note(string? line, TaskCompletionSource<Uri> listening)
    {
        if (line is null)
        {
            return;
        }

        lock (_output)
        {
            _output.Add(line);
        }

        if (Listening().Match(line) is { Success: true } match)
        {
            listening.TrySetResult(new Uri(match.Groups["address"].Value));
        }
    }
}
