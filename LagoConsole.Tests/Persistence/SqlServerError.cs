using System.Reflection;
using Microsoft.Data.SqlClient;

namespace LagoConsole.Tests.Persistence;

/// <summary>An error as SQL Server's client throws it. Its types can only be made inside the client, hence by reflection.</summary>
internal static class SqlServerError
{
    private const BindingFlags Inside = BindingFlags.Instance | BindingFlags.Static | BindingFlags.NonPublic;

    public static SqlException Of(int number)
    {
        ConstructorInfo make = typeof(SqlError).GetConstructors(Inside).MaxBy(constructor => constructor.GetParameters().Length)!;
        object?[] values = [.. make.GetParameters().Select(parameter => parameter.Name switch
        {
            "infoNumber" => number,
            _ when parameter.ParameterType == typeof(string) => "",
            _ => parameter.ParameterType.IsValueType ? Activator.CreateInstance(parameter.ParameterType) : null,
        })];
        SqlErrorCollection errors = (SqlErrorCollection)Activator.CreateInstance(typeof(SqlErrorCollection), nonPublic: true)!;
        typeof(SqlErrorCollection).GetMethod("Add", Inside)!.Invoke(errors, [make.Invoke(values)]);
        SqlException exception = (SqlException)typeof(SqlException)
            .GetMethod("CreateException", Inside, [typeof(SqlErrorCollection), typeof(string)])!.Invoke(null, [errors, "16.0"])!;
        return exception.Number == number ? exception : throw new InvalidOperationException($"Made {exception.Number} instead of {number}.");
    }
}
