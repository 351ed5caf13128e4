using System.Reflection;
using Refit;

namespace LagoConsole.Core.Lago;

/// <summary>Reads answers as <see cref="LagoJson"/> says, but for those that are wanted as they came.</summary>
internal sealed class LagoContentSerializer : IHttpContentSerializer
{
    private readonly SystemTextJsonContentSerializer _json = new(LagoJson.Options);

    public async Task<T?> FromHttpContentAsync<T>(HttpContent content, CancellationToken cancellationToken = default) =>
        typeof(T) == typeof(CurrentUsageText)
            ? (T)(object)new CurrentUsageText(await content.ReadAsByteArrayAsync(cancellationToken))
            : await _json.FromHttpContentAsync<T>(content, cancellationToken);

    public HttpContent ToHttpContent<T>(T item) => _json.ToHttpContent(item);

    public string? GetFieldNameForProperty(PropertyInfo propertyInfo) => _json.GetFieldNameForProperty(propertyInfo);
}
