using LagoConsole.Components;
using Microsoft.AspNetCore.Components;
using Xunit;

namespace LagoConsole.Tests.Walks;

/// <summary>A new dialog is looked at too: it is not enough that it works.</summary>
public sealed class EveryDialogTests
{
    [Fact]
    public void Every_dialog_of_the_console_is_opened_by_a_walk() => Assert.Equal(
        typeof(App).Assembly.GetTypes()
            .Where(type => typeof(IComponent).IsAssignableFrom(type) && type.Name.EndsWith("Dialog", StringComparison.Ordinal))
            .Select(type => type.Name).Order(StringComparer.Ordinal),
        SetUpDialogsWalkTests.Dialogs.Concat(WorkDialogsWalkTests.Dialogs).Select(type => type.Name).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
}
