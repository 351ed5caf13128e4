namespace LagoConsole.Core.Reporting.Limits;

/// <summary>What a call says of its marketplace, whatever it says of the records.</summary>
public enum CallHealth
{
    /// <summary>No call was made, for want of credentials for one: it says nothing.</summary>
    NotMade = 1,

    /// <summary>The marketplace answered. Refusals are answers.</summary>
    Answered = 2,

    /// <summary>It asks to be called less.</summary>
    Throttled = 3,

    /// <summary>No answer, or that of a failing server.</summary>
    Failed = 4,
}

/// <summary>Judges a call. Pure.</summary>
public static class CallJudgement
{
    public static CallHealth Of(MeteringAnswer answer)
    {
        if (answer.Items.All(item => item.Request is null))
        {
            return CallHealth.NotMade;
        }

        if (IsThrottled(answer))
        {
            return CallHealth.Throttled;
        }

        bool saysNothing = answer.Items.All(item => item.Receipt is MeteringReceipt.NotProcessed or MeteringReceipt.Unknown);
        return saysNothing && answer.HttpStatus is null or >= 500 ? CallHealth.Failed : CallHealth.Answered;
    }

    /// <summary>Why nothing came of the call, for a person; null where something did.</summary>
    public static string? Failure(MeteringAnswer answer) => answer.Items
        .Select(item => item.Receipt switch
        {
            MeteringReceipt.NotProcessed notProcessed => notProcessed.Detail,
            MeteringReceipt.Unknown unknown => unknown.Detail,
            _ => null,
        })
        .FirstOrDefault(detail => detail is not null);

    /// <summary>Azure and Google answer 429 or name a time to wait; AWS answers 400 and names no record as refused.</summary>
    private static bool IsThrottled(MeteringAnswer answer) => answer.HttpStatus == 429
        || answer.Items.Any(item => item.Receipt is MeteringReceipt.NotProcessed { RetryAfter: not null } or MeteringReceipt.Unknown { RetryAfter: not null })
        || (answer is { HttpStatus: 400, RefusedWhole: false } && answer.Items.All(item => item.Receipt is MeteringReceipt.NotProcessed));
}
