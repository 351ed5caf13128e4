using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace LagoConsole.Core.Notifications;

/// <summary>
/// Shows a receiver that a message is this console's and new: HMAC-SHA256, with the channel's key, of the time, a full stop and
/// the body. Pure.
/// </summary>
public static class WebhookSignature
{
    public const string SignatureHeader = "LagoConsole-Signature";

    /// <summary>Seconds since 1970: a receiver refuses what is older than a few minutes.</summary>
    public const string TimestampHeader = "LagoConsole-Timestamp";

    /// <summary>The same at each attempt: a receiver drops what it has already.</summary>
    public const string MessageIdHeader = "LagoConsole-Message-Id";

    /// <returns><c>v1=</c> and the digest in lower-case hex.</returns>
    public static string Of(string key, long timestamp, string body) => "v1=" + Convert.ToHexStringLower(HMACSHA256.HashData(
        Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{timestamp}.{body}"))));
}
