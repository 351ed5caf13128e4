using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace LagoConsole.Tests.Notifications;

/// <summary>A mail server on a real socket: as much of SMTP as hands over a message, in the clear.</summary>
internal sealed class MailServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentQueue<string> _mails = new();
    private readonly ConcurrentQueue<string> _recipients = new();
    private readonly ConcurrentQueue<string> _signIns = new();

    public MailServer()
    {
        _listener.Start();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Refuses every recipient.</summary>
    public bool Refuses { get; set; }

    /// <summary>Headers and body, as they came.</summary>
    public string[] Mails => [.. _mails];

    public string[] Recipients => [.. _recipients];

    /// <summary>User names and passwords, as <c>user:password</c>.</summary>
    public string[] SignIns => [.. _signIns];

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = TalkAsync(await _listener.AcceptTcpClientAsync());
            }
        }
        catch (Exception stopped) when (stopped is SocketException or ObjectDisposedException)
        {
            return;
        }
    }

    private async Task TalkAsync(TcpClient client)
    {
        using (client)
        {
            using StreamReader reader = new(client.GetStream(), Encoding.UTF8);
            await using StreamWriter writer = new(client.GetStream(), new UTF8Encoding(false)) { NewLine = "\r\n", AutoFlush = true };
            await writer.WriteLineAsync("220 mail.example");
            while (await reader.ReadLineAsync() is { } line)
            {
                string command = line.Split(' ', ':')[0].ToUpperInvariant();
                if (command == "EHLO")
                {
                    await writer.WriteLineAsync("250-mail.example");
                    await writer.WriteLineAsync("250 AUTH PLAIN");
                    continue;
                }

                if (command == "AUTH")
                {
                    string[] parts = Encoding.UTF8.GetString(Convert.FromBase64String(line.Split(' ')[2])).Split('\0');
                    _signIns.Enqueue($"{parts[1]}:{parts[2]}");
                }

                if (command == "RCPT" && !Refuses)
                {
                    _recipients.Enqueue(line[(line.IndexOf('<', StringComparison.Ordinal) + 1)..line.IndexOf('>', StringComparison.Ordinal)]);
                }

                await writer.WriteLineAsync(command switch
                {
                    "AUTH" => "235 signed in",
                    "RCPT" when Refuses => "550 nobody here",
                    "DATA" => "354 go on",
                    _ => "250 fine",
                });
                if (command == "DATA")
                {
                    StringBuilder mail = new();
                    while (await reader.ReadLineAsync() is { } text && text != ".")
                    {
                        mail.Append(text).Append('\n');
                    }

                    _mails.Enqueue(mail.ToString());
                    await writer.WriteLineAsync("250 taken");
                }
            }
        }
    }
}
