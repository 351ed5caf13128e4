using LagoConsole.Core.Notifications;
using Xunit;

namespace LagoConsole.Tests.Notifications;

public sealed class WebhookSignatureTests
{
    [Fact]
    public void It_is_the_HMAC_of_time_full_stop_and_body() => Assert.Equal(
        "v1=7608a90db5e0a0608043816e299d43f24cbfa8a4bc0d857d20c0b87498809246",
        WebhookSignature.Of("0123456789abcdef", 1787227200, """{"text":"hello"}"""));
}
