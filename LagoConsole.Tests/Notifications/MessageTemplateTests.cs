using System.Text.Json;
using LagoConsole.Core.Notifications;
using Xunit;

namespace LagoConsole.Tests.Notifications;

public sealed class MessageTemplateTests
{
    private static readonly Message _message = new(
        new Guid("11111111-1111-1111-1111-111111111111"), MessageEvent.Opened, "Record refused", "Acme \"Inc\" {{link}}\n<!channel> \\ end.", "https://console.example/records",
        new DateTimeOffset(2026, 8, 20, 12, 0, 0, TimeSpan.Zero));

    [Theory]
    [InlineData(MessageTemplate.Plain)]
    [InlineData(MessageTemplate.Slack)]
    [InlineData(MessageTemplate.Teams)]
    public void Whatever_a_name_holds_the_body_is_JSON_and_carries_the_text_as_it_is(string template)
    {
        using JsonDocument body = JsonDocument.Parse(MessageTemplate.Render(template, _message));

        Assert.Contains(Strings(body.RootElement), text => text == _message.Text);
        Assert.Null(MessageTemplate.Problem(template));
    }

    [Fact]
    public void Slack_and_Teams_are_given_names_as_plain_text_that_mentions_nobody()
    {
        using JsonDocument slack = JsonDocument.Parse(MessageTemplate.Render(MessageTemplate.Slack, _message));
        using JsonDocument teams = JsonDocument.Parse(MessageTemplate.Render(MessageTemplate.Teams, _message));

        Assert.Equal("Record refused", slack.RootElement.GetProperty("text").GetString()); // Slack reads markup here
        Assert.Equal("plain_text", slack.RootElement.GetProperty("blocks")[1].GetProperty("text").GetProperty("type").GetString());
        JsonElement card = teams.RootElement.GetProperty("attachments")[0].GetProperty("content");
        Assert.Equal("RichTextBlock", card.GetProperty("body")[1].GetProperty("type").GetString());
        Assert.Equal("https://console.example/records", card.GetProperty("actions")[0].GetProperty("url").GetString());
    }

    [Theory]
    [InlineData("""{"text":"something"}""", "Put {{text}} where")]
    [InlineData("""{"text":{{text}}}""", "not JSON")]
    [InlineData("", "Put {{text}} where")]
    public void A_template_that_would_tell_nothing_or_is_no_JSON_is_refused(string template, string sentence) =>
        Assert.Contains(sentence, MessageTemplate.Problem(template), StringComparison.Ordinal);

    private static IEnumerable<string?> Strings(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(property => Strings(property.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(Strings),
        JsonValueKind.String => [element.GetString()],
        _ => [],
    };
}
