using LagoConsole.Core.Security;
using Microsoft.AspNetCore.DataProtection;

namespace LagoConsole.Core.Notifications;

/// <summary>Keeps what channels must not show encrypted at rest, each bound to its channel.</summary>
public sealed class NotificationVault(IDataProtectionProvider protection)
{
    /// <summary>For the delivery log, where what is stored cannot be opened.</summary>
    internal const string Unreadable =
        "What is stored for this channel cannot be decrypted: the console's encryption keys were lost or replaced. Enter address and secret again with Edit.";

    /// <summary>Passwords and signing keys.</summary>
    internal SecretVault Secrets { get; } = new(protection, "LagoConsole.Notifications.Secret.v1");

    /// <summary>Addresses of webhooks.</summary>
    internal SecretVault Addresses { get; } = new(protection, "LagoConsole.Notifications.Address.v1");
}
