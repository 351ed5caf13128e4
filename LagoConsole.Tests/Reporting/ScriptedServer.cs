using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace LagoConsole.Tests.Reporting;

/// <summary>A real socket on loopback that answers, or fails to, exactly as a test says; below HTTP, where an answer can be cut in half.</summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<string> _requests = new();
    private readonly Func<Exchange, Task> _script;
    private readonly Task _accepting;
    private int _connections;

    public ScriptedServer(Func<Exchange, Task> script)
    {
        _script = script;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");

    /// <summary>Every request that arrived whole: head and body as text.</summary>
    public IReadOnlyList<string> Requests => [.. _requests];

    public int Connections => Volatile.Read(ref _connections);

    /// <summary>Answers each request with the same text and keeps the connection.</summary>
    public static ScriptedServer Answering(int status, string body, params string[] headers) => new(async exchange =>
    {
        while (await exchange.ReadRequestAsync() is not null)
        {
            await exchange.WriteAsync(Answer(status, body, headers));
        }
    });

    public static string Answer(int status, string body, params string[] headers) =>
        $"HTTP/1.1 {status} Status\r\nContent-Type: application/x-amz-json-1.1\r\n{string.Concat(headers.Select(header => header + "\r\n"))}"
        + $"Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}";

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        List<Task> exchanges = [];
        try
        {
            while (true)
            {
                Socket socket = await _listener.AcceptSocketAsync(_stop.Token);
                Interlocked.Increment(ref _connections);
                exchanges.Add(ServeAsync(socket));
            }
        }
        catch (Exception stopped) when (stopped is OperationCanceledException or SocketException or InvalidOperationException) // the last: stopped between two accepts
        {
            await Task.WhenAll(exchanges);
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using (socket)
        {
            try
            {
                await _script(new Exchange(socket, _requests, _stop.Token));
            }
            catch (Exception gone) when (gone is OperationCanceledException or SocketException)
            {
                // the client went away, or the test is over
            }
        }
    }

    /// <summary>One connection.</summary>
    internal sealed class Exchange(Socket socket, ConcurrentQueue<string> requests, CancellationToken stop)
    {
        public CancellationToken Stop => stop;

        /// <summary>Head and body of the next request; null when the client closed instead.</summary>
        public async Task<string?> ReadRequestAsync()
        {
            StringBuilder text = new();
            byte[] buffer = new byte[16 * 1024];
            while (true)
            {
                int read = await socket.ReceiveAsync(buffer, stop);
                if (read == 0)
                {
                    return null;
                }

                text.Append(Encoding.Latin1.GetString(buffer, 0, read));
                string so = text.ToString();
                int head = so.IndexOf("\r\n\r\n", StringComparison.Ordinal);
                if (head < 0)
                {
                    continue;
                }

                int length = int.Parse(
                    so.Split("\r\n").SingleOrDefault(line => line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase))?.Split(':')[1] ?? "0", // a question has no body
                    System.Globalization.CultureInfo.InvariantCulture);
                if (so.Length - head - 4 >= length)
                {
                    string request = Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(so));
                    requests.Enqueue(request);
                    return request;
                }
            }
        }

        public async Task WriteAsync(string text) => await socket.SendAsync(Encoding.UTF8.GetBytes(text), stop);

        /// <summary>Returns when bytes have arrived, without reading them.</summary>
        public async Task WaitForBytesAsync() => await socket.ReceiveAsync(new byte[1], SocketFlags.Peek, stop);

        /// <summary>Ends the connection with a reset instead of a goodbye.</summary>
        public void Reset() => socket.Close(0);
    }
}
