namespace LagoConsole.Core.Reporting;

/// <summary>What is to be stored of a record after a receipt, a deadline or a decision.</summary>
public sealed record RecordTransition
{
    public required UsageRecordState State { get; init; }

    public string? ProviderRecordId { get; init; }

    /// <summary>Accepted by inference, not by a receipt (R13).</summary>
    public bool Assumed { get; init; }

    /// <summary>This attempt may have been processed.</summary>
    public bool OutcomeUnknown { get; init; }

    public DateTimeOffset? NextAttemptAt { get; init; }

    public string? ErrorCode { get; init; }

    public string? ErrorMessage { get; init; }

    public static RecordTransition To(UsageRecordState state) => new() { State = state };

    /// <summary>Writes the outcome onto the record. The payload is never touched.</summary>
    public void ApplyTo(UsageRecord record, DateTimeOffset at)
    {
        record.State = State;
        record.HadUnknownAttempt |= OutcomeUnknown;
        record.OutcomeAssumed |= Assumed;
        record.ProviderRecordId = ProviderRecordId ?? record.ProviderRecordId;
        record.NextAttemptAt = NextAttemptAt;
        record.ErrorCode = ErrorCode;
        record.ErrorMessage = ErrorMessage;
        record.LeaseOwner = null;
        record.LeaseUntil = null;
        record.SettledAt = State is UsageRecordState.Accepted or UsageRecordState.Void ? at : null;
    }
}
