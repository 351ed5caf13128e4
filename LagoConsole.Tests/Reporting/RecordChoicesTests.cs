using LagoConsole.Core.Reporting;
using Xunit;

namespace LagoConsole.Tests.Reporting;

public sealed class RecordChoicesTests
{
    [Theory]
    [InlineData(UsageRecordState.Pending, false, false, false)]
    [InlineData(UsageRecordState.Sending, false, false, false)]
    [InlineData(UsageRecordState.Accepted, false, false, false)]
    [InlineData(UsageRecordState.Retry, false, false, false)]
    [InlineData(UsageRecordState.Unknown, false, false, false)] // only proof or its deadline
    [InlineData(UsageRecordState.Void, false, false, false)]
    [InlineData(UsageRecordState.Blocked, true, false, true)] // known not to be billed
    [InlineData(UsageRecordState.Conflict, false, true, true)]
    [InlineData(UsageRecordState.Unresolved, false, true, true)] // sent again, it could be billed twice
    public void R13_A_person_decides_only_what_nothing_else_will_settle(UsageRecordState state, bool sendAgain, bool billed, bool notBilled) =>
        Assert.Equal((sendAgain, billed, notBilled), (state.CanBeSentAgain(), state.CanBeSettledAsBilled(), state.CanBeSettledAsNotBilled()));
}
