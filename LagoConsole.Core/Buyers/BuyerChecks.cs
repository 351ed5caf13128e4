using System.Net.Mail;

namespace LagoConsole.Core.Buyers;

/// <summary>Checks what was typed about a buyer, each field on its own: null, or the sentence to show there. Pure.</summary>
public static class BuyerChecks
{
    public static string? Name(string? name) => name?.Trim() switch
    {
        null or "" => "Type the buyer's name.",
        { Length: > 200 } => "The name is longer than 200 characters. Shorten it.",
        _ => null,
    };

    /// <summary>Optional.</summary>
    public static string? Email(string? email) => email?.Trim() switch
    {
        null or "" => null,
        { Length: > 320 } => "An e-mail address has at most 320 characters. Shorten it, or leave the field empty.",
        var typed when !MailAddress.TryCreate(typed, out MailAddress? parsed) || parsed.Address != typed =>
            "That is not an e-mail address. Type one such as ap@example.com, or leave the field empty.",
        _ => null,
    };
}
