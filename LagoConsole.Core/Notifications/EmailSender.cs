using System.Net;
using System.Net.Sockets;
using LagoConsole.Core.Lago;
using LagoConsole.Core.Time;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace LagoConsole.Core.Notifications;

/// <summary>Hands a message to a mail server, whose address is checked at each connection.</summary>
public sealed class EmailSender(NotificationVault vault, LagoNetworkGuard guard, SendLimits limits, NetworkClock network) : INotificationSender
{
    public ChannelKind Kind => ChannelKind.Email;

    /// <summary>A mail server as the guard checks it.</summary>
    internal static Uri AddressOf(string host, int port) => new UriBuilder(Uri.UriSchemeHttps, host, port).Uri;

    public async Task<string?> SendAsync(NotificationChannel channel, Message message, CancellationToken cancellationToken)
    {
        string? password = channel.SecretCipher is null ? null : vault.Secrets.Unprotect(channel.Id, channel.SecretCipher);
        if (channel.SecretCipher is not null && password is null)
        {
            return NotificationVault.Unreadable;
        }

        Uri server = AddressOf(channel.SmtpHost!, channel.SmtpPort!.Value);
        if (channel.SmtpSecurity == SmtpSecurity.None && !guard.IsAllowed(server))
        {
            return $"{server.Host} would be spoken to in the clear. Choose STARTTLS or TLS.";
        }

        using CancellationTokenSource time = new(limits.Attempt, network.Time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(time.Token, cancellationToken);
        try
        {
            using MimeMessage mail = Compose(channel, message);
            IReadOnlyList<IPAddress> addresses = await guard.ResolveAsync(server, either.Token);
            using Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync([.. addresses], server.Port, either.Token);
            using SmtpClient client = new();
            await client.ConnectAsync(socket, server.IdnHost, server.Port, Options(channel.SmtpSecurity), either.Token);
            if (channel.SmtpUser is { } user)
            {
                await client.AuthenticateAsync(user, password ?? "", either.Token);
            }

            // The server has it from here on: no QUIT, whose failure would make this look like one.
            await client.SendAsync(mail, either.Token);
            return null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"{server.Host} did not answer in time. It may have taken the message.";
        }
        catch (LagoAddressRefusedException refused)
        {
            return $"{refused.Message}.";
        }
        catch (SslHandshakeException)
        {
            return $"No protected connection to {server.Host} came about: its certificate is not trusted, or the port speaks another kind of TLS.";
        }
        catch (Exception failure) when (failure is NotSupportedException or ServiceNotAuthenticatedException)
        {
            return $"{server.Host} does not offer what is chosen (STARTTLS, or a sign-in), or asks for a user name.";
        }
        catch (AuthenticationException)
        {
            return $"{server.Host} refused the user name or the password.";
        }
        catch (SmtpCommandException refusal)
        {
            return $"{server.Host} refused the message: {(int)refusal.StatusCode} {refusal.ErrorCode}.";
        }
        catch (Exception failure) when (failure is SocketException or IOException or ProtocolException)
        {
            return $"{server.Host} could not be reached, or broke off.";
        }
    }

    private static MimeMessage Compose(NotificationChannel channel, Message message)
    {
        MailboxAddress from = MailboxAddress.Parse(channel.FromAddress!);
        MimeMessage mail = new()
        {
            Subject = $"[LagoConsole] {message.Title}",
            Date = message.CreatedAt,
            MessageId = $"{message.Id:N}@{from.Domain}",
            Body = new TextPart("plain") { Text = $"{message.Text}\r\n\r\n{message.Link}\r\n" },
        };
        mail.From.Add(from);
        mail.To.AddRange(InternetAddressList.Parse(channel.ToAddresses!));
        mail.Headers.Add("Auto-Submitted", "auto-generated"); // out-of-office replies stay away
        mail.Headers.Add(WebhookSignature.MessageIdHeader, message.Id.ToString("D"));
        return mail;
    }

    private static SecureSocketOptions Options(SmtpSecurity? security) => security switch
    {
        SmtpSecurity.StartTls => SecureSocketOptions.StartTls,
        SmtpSecurity.Tls => SecureSocketOptions.SslOnConnect,
        SmtpSecurity.None => SecureSocketOptions.None,
        _ => throw new ArgumentOutOfRangeException(nameof(security), security, "Not a way to protect a connection."),
    };
}
