using System.Reflection;
using LagoConsole.Core.HighWater;
using LagoConsole.Core.Money;
using LagoConsole.Core.Polling;
using Xunit;

namespace LagoConsole.Tests.Money;

/// <summary>R1 as a law over the compiled code: where money is handled there is no floating-point number, and a sum that does not fit throws.</summary>
public sealed class ExactTypesTests
{
    private const BindingFlags Declared =
        BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private static readonly string[] _money =
        ["Books", "Closing", "Conversion", "Held", "HighWater", "Money", "Polling", "Products", "Reconciliation", "Reporting", "Waiting"];

    /// <summary>Floating-point numbers that are no amount.</summary>
    private static readonly HashSet<string> _allowed = new(StringComparer.Ordinal)
    {
        "Backoff.After: sample", // a random share of a rest, in time
        "Circuit.After: sample",
        "Circuit.Rest: sample",
    };

    [Fact]
    public void R1_No_floating_point_number_stands_where_money_is()
    {
        Type[] types = [.. typeof(MoneyText).Assembly.GetTypes().Where(IsOfMoney)];
        Assert.True(types.Length > 300, $"Only {types.Length} types were looked at: the folders were renamed.");

        Assert.Equal([], types.SelectMany(Floating).Where(found => !_allowed.Contains(found)));
    }

    [Fact]
    public void R1_The_law_sees_fields_parameters_locals_and_what_a_method_returns() =>
        Assert.Superset(
            new HashSet<string>(StringComparer.Ordinal) { "Inexact.Rates: field", "Inexact.Share: rate", "Inexact.Share: local 0", "Inexact.Share: return value" },
            Floating(typeof(Inexact)).ToHashSet(StringComparer.Ordinal));

    [Fact]
    public void R1_Growth_that_does_not_fit_throws()
    {
        Guid period = Guid.CreateVersion7(DateTimeOffset.UnixEpoch);
        HighWaterMark mark = new()
        {
            Id = period,
            PeriodId = period,
            MetricCode = "api_calls",
            Currency = "USD",
            BaselineMinor = 0,
            AmountMinor = -1,
            LastTotalMinor = 0,
            LastCharges = [],
            FirstSeenAt = DateTimeOffset.UnixEpoch,
            LastTotalAt = DateTimeOffset.UnixEpoch,
        };
        UsageSnapshot snapshot = new()
        {
            PeriodId = period,
            MetricCode = "api_calls",
            Currency = "USD",
            TotalMinor = long.MaxValue,
            TakenAt = DateTimeOffset.UnixEpoch,
            Source = SnapshotSource.Poll,
            Charges = [],
        };

        Assert.Throws<OverflowException>(() => HighWaterCheck.Apply(mark, snapshot));
    }

    private static bool IsOfMoney(Type type) =>
        _money.Any(folder => type.Namespace is { } name
            && (name == $"LagoConsole.Core.{folder}" || name.StartsWith($"LagoConsole.Core.{folder}.", StringComparison.Ordinal)));

    private static IEnumerable<string> Floating(Type type)
    {
        foreach (FieldInfo field in type.GetFields(Declared).Where(field => IsFloating(field.FieldType)))
        {
            yield return $"{type.Name}.{field.Name}: field";
        }

        foreach (MethodBase method in type.GetMethods(Declared).Cast<MethodBase>().Concat(type.GetConstructors(Declared)))
        {
            foreach (ParameterInfo parameter in method.GetParameters().Where(parameter => IsFloating(parameter.ParameterType)))
            {
                yield return $"{type.Name}.{method.Name}: {parameter.Name}";
            }

            foreach (LocalVariableInfo local in (method.GetMethodBody()?.LocalVariables ?? []).Where(local => IsFloating(local.LocalType)))
            {
                yield return $"{type.Name}.{method.Name}: local {local.LocalIndex}";
            }

            if (method is MethodInfo { ReturnType: var returned } && IsFloating(returned))
            {
                yield return $"{type.Name}.{method.Name}: return value";
            }
        }
    }

    private static bool IsFloating(Type type) =>
        type == typeof(double) || type == typeof(float) || type == typeof(Half)
        || (type.HasElementType && IsFloating(type.GetElementType()!))
        || (type.IsGenericType && type.GetGenericArguments().Any(IsFloating));

    private static class Inexact
    {
        public static readonly IReadOnlyList<double> Rates = [1];

        public static float? Share(long amount, float rate)
        {
            double exact = 0;
            for (long part = 0; part < amount; part++)
            {
                exact += Rates[0] / rate;
            }

            return (float)exact;
        }
    }
}
