using System.Globalization;
using System.Net.Sockets;
using System.Text;
using LagoConsole.Core.Lago;
using LagoConsole.Core.Time;

namespace LagoConsole.Core.Notifications;

/// <summary>Posts a message, signed, to an address that is checked again at each connection.</summary>
public sealed class WebhookSender(
    IHttpClientFactory clients, NotificationVault vault, LagoNetworkGuard guard, SendLimits limits, NetworkClock network, TimeProvider clock) : INotificationSender
{
    internal const string HandlerName = "Notifications";

    public ChannelKind Kind => ChannelKind.Webhook;

    public async Task<string?> SendAsync(NotificationChannel channel, Message message, CancellationToken cancellationToken)
    {
        if (vault.Addresses.Unprotect(channel.Id, channel.AddressCipher ?? "") is not { } address || vault.Secrets.Unprotect(channel.Id, channel.SecretCipher ?? "") is not { } key)
        {
            return NotificationVault.Unreadable;
        }

        Uri target = new(address, UriKind.Absolute);
        if (target.Scheme != Uri.UriSchemeHttps && !guard.IsAllowed(target))
        {
            return $"{target.Host} would be called without https. Enter an address that begins with https://.";
        }

        string body = MessageTemplate.Render(channel.Template ?? MessageTemplate.Plain, message);
        long timestamp = clock.GetUtcNow().ToUnixTimeSeconds();
        using HttpRequestMessage request = new(HttpMethod.Post, target) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Add(WebhookSignature.MessageIdHeader, message.Id.ToString("D"));
        request.Headers.Add(WebhookSignature.TimestampHeader, timestamp.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add(WebhookSignature.SignatureHeader, WebhookSignature.Of(key, timestamp, body));

        using CancellationTokenSource time = new(limits.Attempt, network.Time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(time.Token, cancellationToken);
        using HttpClient client = clients.CreateClient(HandlerName);
        try
        {
            // The body of the answer is nobody's: only its status is read.
            using HttpResponseMessage answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            return answer.IsSuccessStatusCode
                ? null
                : string.Create(CultureInfo.InvariantCulture, $"{target.Host} answered {(int)answer.StatusCode}.");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"{target.Host} did not answer in time. It may have taken the message.";
        }
        catch (HttpRequestException failure)
        {
            return failure.InnerException switch
            {
                LagoAddressRefusedException refused => $"{refused.Message}.",
                SocketException { SocketErrorCode: SocketError.HostNotFound } => $"The name {target.Host} cannot be found.",
                _ => $"{target.Host} could not be reached, or broke off ({failure.HttpRequestError}).",
            };
        }
    }
}
