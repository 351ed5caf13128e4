using LagoConsole.Core.Held;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.Security;
using LagoConsole.Core.Waiting;
using Xunit;

namespace LagoConsole.Tests.Waiting;

public sealed class WaitingRemedyTests
{
    public static TheoryData<WaitReason> WaitReasons => new(Enum.GetValues<WaitReason>());

    public static TheoryData<HoldReason> HoldReasons => new(Enum.GetValues<HoldReason>());

    public static TheoryData<WaitingRemedy> Remedies => new(Enum.GetValues<WaitingRemedy>());

    [Theory]
    [MemberData(nameof(WaitReasons))]
    public void R6_Every_reason_to_wait_has_a_name_a_sentence_and_what_resolves_it(WaitReason reason)
    {
        Assert.NotEmpty(reason.Label());
        Assert.EndsWith(".", reason.Sentence(), StringComparison.Ordinal);
        Assert.NotEmpty(WaitingRemedies.Of(reason));
        Assert.NotEqual(WaitingRemedy.WriteOff, WaitingRemedies.Of(reason)[0]); // giving up is never the advice
    }

    [Theory]
    [MemberData(nameof(HoldReasons))]
    public void R15_Every_reason_to_hold_has_a_name_a_sentence_and_what_resolves_it(HoldReason reason)
    {
        Assert.NotEmpty(reason.Label());
        Assert.EndsWith(".", reason.Sentence(), StringComparison.Ordinal);
        Assert.Equal([WaitingRemedy.Decide], WaitingRemedies.Of(reason));
    }

    [Theory]
    [MemberData(nameof(Remedies))]
    public void Every_remedy_has_a_button_and_a_role_and_resolves_something(WaitingRemedy remedy)
    {
        Assert.NotEmpty(remedy.Label());
        Assert.True(remedy.Role() >= Role.Operator);
        Assert.Contains(Enum.GetValues<WaitReason>(), reason => WaitingRemedies.Of(reason).Contains(remedy));
    }

    [Fact]
    public void R20_Restored_money_is_decided_with_its_key_and_not_given_up_beside_it() =>
        Assert.Equal([WaitingRemedy.Decide], WaitingRemedies.Of(WaitReason.Restored));
}
