namespace LagoConsole.Core.Security;

/// <summary>What a person may do. Each role includes the ones before it.</summary>
public enum Role
{
    /// <summary>Signed in, but given no role: sees nothing.</summary>
    None = 0,

    /// <summary>Reads and exports.</summary>
    Viewer = 1,

    /// <summary>Also links buyers, edits products and conversions, runs and pauses jobs, resolves waiting money.</summary>
    Operator = 2,

    /// <summary>Also integrations, accounts, delete, settling Unresolved, approving held jumps, waiving.</summary>
    Admin = 3,
}
