using System.ComponentModel.DataAnnotations;

namespace LagoConsole.Core.Reconciliation;

/// <summary>How far the comparison with Azure reaches. Section <c>Reconciliation</c>; a bad value stops the start.</summary>
public sealed class ReconciliationOptions
{
    public const string Section = "Reconciliation";

    /// <summary>So many days before today are compared once a day. Default: 7. A record that waits for proof makes a read reach back to its day.</summary>
    [Range(2, 60, ErrorMessage = "Reconciliation:Days must lie between 2 and 60.")]
    public int Days { get; set; } = 7;

    /// <summary>So many days what Azure said of a day is kept. Default: 400. What settled a record is kept for ever.</summary>
    [Range(90, 3650, ErrorMessage = "Reconciliation:KeepDays must lie between 90 and 3650.")]
    public int KeepDays { get; set; } = 400;
}
