namespace LagoConsole.Core.Overview;

/// <summary>The way from an empty console to reported money.</summary>
public enum FirstStepKind
{
    Connect = 1,
    Verify = 2,
    AddProduct = 3,
    LinkBuyer = 4,
    DryRun = 5,
    SwitchOn = 6,
}

/// <summary>Where a step stands.</summary>
public enum FirstStepState
{
    Done = 1,

    /// <summary>To be done now.</summary>
    Next = 2,

    /// <summary>After the ones before it.</summary>
    Later = 3,
}

/// <summary>One step of the way.</summary>
public sealed record FirstStep(FirstStepKind Kind, FirstStepState State);

/// <summary>What the books say of the way.</summary>
/// <param name="ProductReady">A product has a dimension and says which metric feeds it.</param>
/// <param name="BuyerReady">A buyer has a Lago Customer ID and a purchase to bill it on.</param>
/// <param name="SwitchedOn">An integration is verified, and its auto report is on.</param>
public sealed record FirstStepFacts(bool Connected, bool Verified, bool ProductReady, bool BuyerReady, bool SwitchedOn);

/// <summary>Marks the steps as done or next. Pure.</summary>
public static class FirstSteps
{
    /// <summary>In the order in which they are done.</summary>
    public static IReadOnlyList<FirstStep> Of(FirstStepFacts facts)
    {
        // A dry run leaves no trace: it is offered with the switch, and counts as done once that is on.
        List<(FirstStepKind Kind, bool Done)> steps =
        [
            (FirstStepKind.Connect, facts.Connected),
            (FirstStepKind.Verify, facts.Verified),
            (FirstStepKind.AddProduct, facts.ProductReady),
            (FirstStepKind.LinkBuyer, facts.BuyerReady),
            (FirstStepKind.DryRun, facts.SwitchedOn),
            (FirstStepKind.SwitchOn, facts.SwitchedOn),
        ];
        FirstStepKind? next = steps.Where(step => !step.Done).Select(step => (FirstStepKind?)step.Kind).FirstOrDefault();
        return
        [
            .. steps.Select(step => new FirstStep(
                step.Kind,
                step.Done ? FirstStepState.Done
                : step.Kind == next || (step.Kind == FirstStepKind.SwitchOn && next == FirstStepKind.DryRun) ? FirstStepState.Next
                : FirstStepState.Later)),
        ];
    }

    /// <summary>Everything is done: the way need not be shown any more.</summary>
    public static bool AreDone(IReadOnlyList<FirstStep> steps) => steps.All(step => step.State == FirstStepState.Done);
}
