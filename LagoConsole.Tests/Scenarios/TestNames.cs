using Xunit;

namespace LagoConsole.Tests.Scenarios;

/// <summary>What tests are called in the tables of <c>docs</c>: <c>Class.Method</c>.</summary>
internal static class TestNames
{
    public static IReadOnlySet<string> All { get; } = new HashSet<string>(
        typeof(TestNames).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods().Where(method => method.IsDefined(typeof(FactAttribute), inherit: true)).Select(method => $"{type.Name}.{method.Name}")),
        StringComparer.Ordinal);
}
