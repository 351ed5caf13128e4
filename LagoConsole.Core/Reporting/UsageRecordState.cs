namespace LagoConsole.Core.Reporting;

/// <summary>What is known of a record at its marketplace.</summary>
public enum UsageRecordState
{
    /// <summary>Stored, not sent.</summary>
    Pending = 1,

    /// <summary>A node holds the lease and an attempt is in flight.</summary>
    Sending = 2,

    /// <summary>Billed, by receipt, read or a person's decision. Final.</summary>
    Accepted = 3,

    /// <summary>Known not processed: the same payload goes again.</summary>
    Retry = 4,

    /// <summary>Maybe processed: the same payload goes again until proof or the deadline (R13).</summary>
    Unknown = 5,

    /// <summary>Known not billed and it cannot be any more: its money is open again. Final.</summary>
    Void = 6,

    /// <summary>Known not billed because entitlement or configuration is wrong: a person or a sync decides.</summary>
    Blocked = 7,

    /// <summary>The slot holds a record that is not ours: a person decides.</summary>
    Conflict = 8,

    /// <summary>The deadline passed without proof: never billed again by itself; a person decides.</summary>
    Unresolved = 9,
}
