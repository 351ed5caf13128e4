using LagoConsole.Core.Overview;
using Xunit;

namespace LagoConsole.Tests.Overview;

public sealed class FirstStepsTests
{
    [Theory]
    [InlineData(false, false, false, false, false, "Next Later Later Later Later Later")]
    [InlineData(true, false, false, false, false, "Done Next Later Later Later Later")]
    [InlineData(true, true, false, true, false, "Done Done Next Done Later Later")]
    [InlineData(true, true, true, true, false, "Done Done Done Done Next Next")] // a dry run leaves no trace: it never stands in the way
    [InlineData(true, true, true, true, true, "Done Done Done Done Done Done")]
    [InlineData(true, false, true, true, false, "Done Next Done Done Later Later")] // lost its verification
    public void Each_step_is_marked_by_what_the_books_hold(bool connected, bool verified, bool product, bool buyer, bool on, string expected)
    {
        IReadOnlyList<FirstStep> steps = FirstSteps.Of(new FirstStepFacts(connected, verified, product, buyer, on));

        Assert.Equal(expected, string.Join(' ', steps.Select(step => step.State)));
        Assert.Equal(on, FirstSteps.AreDone(steps));
        Assert.Equal(Enum.GetValues<FirstStepKind>(), steps.Select(step => step.Kind));
    }
}
