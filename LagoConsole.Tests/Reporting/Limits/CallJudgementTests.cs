using LagoConsole.Core.Reporting;
using LagoConsole.Core.Reporting.Limits;
using Xunit;

namespace LagoConsole.Tests.Reporting.Limits;

public sealed class CallJudgementTests
{
    private static readonly MeteringReceipt Accepted = new MeteringReceipt.Accepted("id");
    private static readonly MeteringReceipt Refused = new MeteringReceipt.Rejected(RejectionCause.NotSubscribed, "code", "refused");
    private static readonly MeteringReceipt NotProcessed = new MeteringReceipt.NotProcessed("not processed");
    private static readonly MeteringReceipt Unknown = new MeteringReceipt.Unknown("unknown");
    private static readonly MeteringReceipt Wait = new MeteringReceipt.Unknown("wait", TimeSpan.FromSeconds(30));

    public static TheoryData<string, CallHealth> Calls => new()
    {
        { "200 Accepted", CallHealth.Answered },
        { "200 Refused", CallHealth.Answered },
        { "200 NotProcessed", CallHealth.Answered }, // AWS: UnprocessedRecords
        { "200 Unknown", CallHealth.Answered }, // Azure: Error
        { "403 Refused", CallHealth.Answered }, // a refusal is an answer
        { "400 Refused", CallHealth.Answered },
        { "400 Unknown", CallHealth.Answered }, // an error that nobody documents
        { "400 NotProcessed", CallHealth.Throttled }, // AWS: ThrottlingException
        { "429 Unknown", CallHealth.Throttled },
        { "429 Wait", CallHealth.Throttled },
        { "none Wait", CallHealth.Throttled }, // Google: the check was limited, nothing was reported
        { "none Unknown", CallHealth.Failed }, // the connection broke
        { "none NotProcessed", CallHealth.Failed }, // the name was not found
        { "500 Unknown", CallHealth.Failed },
        { "503 Unknown", CallHealth.Failed },
        { "none Refused", CallHealth.Answered }, // Google: the check refused the buyer, nothing was reported
        { "none Refused NotProcessed", CallHealth.Answered }, // Google: one check answered
    };

    [Theory]
    [MemberData(nameof(Calls))]
    public void A_refusal_is_an_answer_and_silence_is_none(string call, CallHealth expected) => Assert.Equal(expected, CallJudgement.Of(Answer(call, "POST")));

    [Fact]
    public void A_call_that_was_never_made_says_nothing() => Assert.Equal(CallHealth.NotMade, CallJudgement.Of(Answer("none NotProcessed", request: null)));

    [Fact]
    public void What_failed_is_said_in_the_words_of_the_receipt()
    {
        Assert.Equal("unknown", CallJudgement.Failure(Answer("500 Unknown", "POST")));
        Assert.Null(CallJudgement.Failure(Answer("200 Accepted", "POST")));
    }

    private static MeteringAnswer Answer(string call, string? request)
    {
        string[] parts = call.Split(' ');
        return new MeteringAnswer(
            [.. parts[1..].Select(name => new MeteringAnswerItem(Guid.NewGuid(), Receipt(name), request, null))],
            RefusedWhole: false, parts[0] == "none" ? null : int.Parse(parts[0], System.Globalization.CultureInfo.InvariantCulture), RequestId: null);
    }

    private static MeteringReceipt Receipt(string name) => name switch
    {
        nameof(Accepted) => Accepted,
        nameof(Refused) => Refused,
        nameof(NotProcessed) => NotProcessed,
        nameof(Unknown) => Unknown,
        nameof(Wait) => Wait,
        _ => throw new ArgumentOutOfRangeException(nameof(name)),
    };
}
