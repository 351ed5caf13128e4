using System.Globalization;
using System.Text.Json;

namespace LagoConsole.Core.Notifications;

/// <summary>
/// The body of a webhook: JSON whose strings may hold <c>{{id}}</c>, <c>{{event}}</c>, <c>{{title}}</c>, <c>{{text}}</c>,
/// <c>{{link}}</c> and <c>{{at}}</c>. Pure.
/// </summary>
public static class MessageTemplate
{
    public const int MaxLength = 4000;

    public const string Plain = """
        {
          "id": "{{id}}",
          "event": "{{event}}",
          "title": "{{title}}",
          "text": "{{text}}",
          "link": "{{link}}",
          "at": "{{at}}"
        }
        """;

    /// <summary>Plain text, not Slack's markup: a buyer's name must not mention a channel.</summary>
    public const string Slack = """
        {
          "text": "{{title}}",
          "blocks": [
            { "type": "header", "text": { "type": "plain_text", "text": "{{title}}", "emoji": false } },
            { "type": "section", "text": { "type": "plain_text", "text": "{{text}}", "emoji": false } },
            { "type": "context", "elements": [ { "type": "plain_text", "text": "{{link}}", "emoji": false } ] }
          ]
        }
        """;

    /// <summary>For a workflow that posts to a channel when a webhook request is received. Text runs, because text blocks read markup.</summary>
    public const string Teams = """
        {
          "type": "message",
          "attachments": [
            {
              "contentType": "application/vnd.microsoft.card.adaptive",
              "content": {
                "type": "AdaptiveCard",
                "version": "1.4",
                "body": [
                  { "type": "TextBlock", "text": "{{title}}", "weight": "Bolder", "wrap": true },
                  { "type": "RichTextBlock", "inlines": [ { "type": "TextRun", "text": "{{text}}" } ] }
                ],
                "actions": [ { "type": "Action.OpenUrl", "title": "Open LagoConsole", "url": "{{link}}" } ]
              }
            }
          ]
        }
        """;

    public static string Render(string template, Message message)
    {
        string body = template;
        foreach ((string name, string value) in Values(message))
        {
            body = body.Replace($"{{{{{name}}}}}", JsonEncodedText.Encode(value).ToString(), StringComparison.Ordinal);
        }

        return body;
    }

    /// <summary>A sentence for the field; null when the template is fit.</summary>
    public static string? Problem(string template)
    {
        if (template.Length > MaxLength)
        {
            return string.Create(CultureInfo.InvariantCulture, $"At most {MaxLength} characters.");
        }

        if (!template.Contains("{{text}}", StringComparison.Ordinal))
        {
            return "Put {{text}} where the message is to stand: without it nobody learns what happened.";
        }

        try
        {
            using JsonDocument parsed = JsonDocument.Parse(Render(template, new Message(Guid.Empty, MessageEvent.Test, "Title", "Text", "https://console.example", DateTimeOffset.UnixEpoch)));
            return null;
        }
        catch (JsonException)
        {
            return "This is not JSON once the places are filled. Put {{text}} and the others inside quotation marks.";
        }
    }

    private static IEnumerable<(string Name, string Value)> Values(Message message) =>
    [
        ("id", message.Id.ToString("D")),
        ("event", message.Event.ToString().ToLowerInvariant()),
        ("title", message.Title),
        ("link", message.Link),
        ("at", message.CreatedAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)),
        ("text", message.Text), // last: braces in it stay what they are
    ];
}
