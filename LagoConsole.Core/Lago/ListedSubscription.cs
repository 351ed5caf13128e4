using System.Text.Json;
using System.Text.Json.Serialization;

namespace LagoConsole.Core.Lago;

/// <summary>Root of one page of subscriptions, of which only what a poll needs is read.</summary>
public sealed record ListedSubscriptionsRoot : ILagoPage<ListedSubscription>
{
    public required IReadOnlyList<ListedSubscription> Subscriptions { get; init; }

    public required PageMetaResponse Meta { get; init; }

    IReadOnlyList<ListedSubscription> ILagoPage<ListedSubscription>.Rows => Subscriptions;
}

/// <summary>
/// A subscription as a poll needs it. It holds an organization's whole list until its last customer was polled, so this is a third of
/// the memory of a <see cref="SubscriptionResponse"/>, of which it has these members.
/// </summary>
public sealed record ListedSubscription
{
    public required LagoUuid LagoId { get; init; }

    public required string ExternalId { get; init; }

    public required string ExternalCustomerId { get; init; }

    public LagoUuid? LagoCustomerId { get; init; }

    [JsonConverter(typeof(StatusConverter))]
    public required string Status { get; init; }

    public DateTimeOffset? CreatedAt { get; init; }

    public DateTimeOffset? TerminatedAt { get; init; }

    public DateTimeOffset? CurrentBillingPeriodStartedAt { get; init; }

    public SubscriptionResponse ToResponse() => new()
    {
        LagoId = LagoId.ToString(),
        ExternalId = ExternalId,
        ExternalCustomerId = ExternalCustomerId,
        LagoCustomerId = LagoCustomerId?.ToString(),
        Status = Status,
        CreatedAt = CreatedAt,
        TerminatedAt = TerminatedAt,
        CurrentBillingPeriodStartedAt = CurrentBillingPeriodStartedAt,
    };

    /// <summary>The same few words a hundred thousand times.</summary>
    private sealed class StatusConverter : JsonConverter<string>
    {
        public override string Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType != JsonTokenType.String ? throw new JsonException() // the serializer adds the path
            : reader.ValueTextEquals(SubscriptionResponse.Active) ? SubscriptionResponse.Active
            : reader.ValueTextEquals(SubscriptionResponse.Terminated) ? SubscriptionResponse.Terminated
            : reader.GetString()!;

        public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);
    }
}
