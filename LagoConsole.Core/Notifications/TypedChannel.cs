using System.Globalization;
using System.Net.Sockets;
using LagoConsole.Core.Lago;
using LagoConsole.Core.Products;
using MimeKit;

namespace LagoConsole.Core.Notifications;

/// <summary>Reads what was typed about a channel: a sentence for each field that is wrong.</summary>
public sealed class TypedChannel(LagoNetworkGuard guard)
{
    /// <summary>A key that can be guessed signs for anybody.</summary>
    public const int MinKeyLength = 16;

    private const int MaxSecretLength = 200;
    private const int MaxAddressLength = 1500;

    /// <param name="present">The stored channel, whose secrets stay where none is typed; null for a new one.</param>
    internal async Task<IReadOnlyDictionary<ChannelField, string>> ProblemsAsync(ChannelInput input, NotificationChannel? present, CancellationToken cancellationToken)
    {
        FieldProblems<ChannelField> problems = new();
        problems.Add(ChannelField.Name, Length(input.Name, NotificationChannel.MaxNameLength, "Give it a name, by which the delivery log tells it apart."));
        problems.Add(ChannelField.Causes, (input.Causes & CauseKinds.All) == CauseKinds.None ? "Choose at least one: else nothing is ever sent." : null);
        problems.Add(ChannelField.ConsoleAddress, WebAddress(input.ConsoleAddress, 300) is null
            ? "Type where people reach this console, such as https://console.example.com: links in messages begin with it." : null);
        problems.Add(ChannelField.Secret, input.Secret is { Length: > MaxSecretLength } ? string.Create(CultureInfo.InvariantCulture, $"At most {MaxSecretLength} characters.") : null);
        if (input.Kind == ChannelKind.Webhook)
        {
            await AddWebhookAsync(problems, input, present, cancellationToken);
        }
        else
        {
            await AddEmailAsync(problems, input, present, cancellationToken);
        }

        return problems.All;
    }

    /// <summary>Null unless it is a full web address without a user.</summary>
    internal static Uri? WebAddress(string? typed, int maxLength) =>
        typed?.Trim() is { Length: > 0 } text && Uri.TryCreate(text, UriKind.Absolute, out Uri? address)
        && address.AbsoluteUri.Length <= maxLength && (address.Scheme == Uri.UriSchemeHttps || address.Scheme == Uri.UriSchemeHttp) && address.Host.Length > 0 && address.UserInfo.Length == 0
            ? address
            : null;

    private async Task AddWebhookAsync(FieldProblems<ChannelField> problems, ChannelInput input, NotificationChannel? present, CancellationToken cancellationToken)
    {
        problems.Add(ChannelField.Secret, input.Secret switch
        {
            null or "" => present is null ? "Type the key that messages are signed with; the receiver checks them with the same one." : null,
            { Length: < MinKeyLength } => string.Create(CultureInfo.InvariantCulture, $"At least {MinKeyLength} characters: a key that can be guessed signs for anybody."),
            _ => null,
        });
        problems.Add(ChannelField.Template, MessageTemplate.Problem(input.Template ?? ""));
        if (string.IsNullOrWhiteSpace(input.Address))
        {
            problems.Add(ChannelField.Address, present is null ? "Type the address that takes the messages, such as https://hooks.example.com/lagoconsole." : null);
            return;
        }

        if (WebAddress(input.Address, MaxAddressLength) is not { } address)
        {
            problems.Add(ChannelField.Address, "That is not a web address. Type it in full, without a user name, such as https://hooks.example.com/lagoconsole.");
            return;
        }

        problems.Add(ChannelField.Address, address.Scheme != Uri.UriSchemeHttps && !guard.IsAllowed(address)
            ? "The address must begin with https://, or others could read the messages. " + Exception()
            : await HostProblemAsync(address, cancellationToken));
    }

    private async Task AddEmailAsync(FieldProblems<ChannelField> problems, ChannelInput input, NotificationChannel? present, CancellationToken cancellationToken)
    {
        problems.Add(ChannelField.FromAddress, MailboxAddress.TryParse(input.FromAddress ?? "", out MailboxAddress? from) && from.Address.Contains('@', StringComparison.Ordinal)
            ? Length(input.FromAddress, 320, missing: null) : "Type the sender's e-mail address, one that the mail server lets this console send from.");
        problems.Add(ChannelField.ToAddresses, InternetAddressList.TryParse(input.ToAddresses ?? "", out InternetAddressList? to) && to.Count > 0
            && to.All(address => address is MailboxAddress { Address: var text } && text.Contains('@', StringComparison.Ordinal))
            ? Length(input.ToAddresses, 2000, missing: null) : "Type who gets the messages: one e-mail address or more, separated by commas.");
        problems.Add(ChannelField.SmtpUser, Length(input.SmtpUser, 255, missing: null));
        problems.Add(ChannelField.Secret, string.IsNullOrEmpty(input.SmtpUser) switch
        {
            true => string.IsNullOrEmpty(input.Secret) ? null : "A password goes with a user name. Type that too, or leave both empty.",
            false => string.IsNullOrEmpty(input.Secret) && present?.SecretCipher is null ? "Type the password of this user." : null,
        });
        problems.Add(ChannelField.SmtpPort, input.SmtpPort is >= 1 and <= 65535 ? null : "A port is a number from 1 to 65535: usually 587, or 465 for TLS.");
        if (problems.All.ContainsKey(ChannelField.SmtpPort))
        {
            return;
        }

        if (Uri.CheckHostName(input.SmtpHost?.Trim() ?? "") == UriHostNameType.Unknown || input.SmtpHost!.Length > 255)
        {
            problems.Add(ChannelField.SmtpHost, "Type the mail server's name, such as smtp.example.com.");
            return;
        }

        Uri server = EmailSender.AddressOf(input.SmtpHost.Trim(), input.SmtpPort!.Value);
        problems.Add(ChannelField.SmtpSecurity, input.SmtpSecurity == SmtpSecurity.None && !guard.IsAllowed(server)
            ? "Others could read the messages and the password. Choose STARTTLS or TLS. " + Exception() : null);
        problems.Add(ChannelField.SmtpHost, await HostProblemAsync(server, cancellationToken));
    }

    private async Task<string?> HostProblemAsync(Uri address, CancellationToken cancellationToken)
    {
        try
        {
            await guard.ResolveAsync(address, cancellationToken);
            return null;
        }
        catch (LagoAddressRefusedException refusal)
        {
            return $"{refusal.Message}.";
        }
        catch (SocketException)
        {
            return $"The name {address.Host} cannot be found. Check its spelling, or try again if your network has trouble.";
        }
    }

    private static string Exception() => $"An administrator can allow this host in the setting {LagoOptions.Section}:{nameof(LagoOptions.AllowedHosts)}.";

    /// <param name="missing">Null where it may be left empty.</param>
    private static string? Length(string? typed, int most, string? missing) => typed?.Trim() switch
    {
        null or "" => missing,
        { } text when text.Length > most => string.Create(CultureInfo.InvariantCulture, $"At most {most} characters."),
        _ => null,
    };
}
