using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace LagoConsole.Core.Polling;

/// <summary>Charge amounts are read with their snapshot and never searched: one JSON column serves both databases.</summary>
internal sealed class ChargeAmountsConverter() : ValueConverter<IReadOnlyList<ChargeAmount>, string>(
    charges => JsonSerializer.Serialize(charges, ChargeAmountsJson.Default.IReadOnlyListChargeAmount),
    text => JsonSerializer.Deserialize(text, ChargeAmountsJson.Default.ListChargeAmount) ?? new List<ChargeAmount>());

/// <summary>Compares by content. A list is replaced by another one and never changed: it is its own copy.</summary>
internal sealed class ChargeAmountsComparer() : ValueComparer<IReadOnlyList<ChargeAmount>>(
    (left, right) => ReferenceEquals(left, right) || (left != null && right != null && left.SequenceEqual(right)),
    charges => charges.Count,
    charges => charges);

/// <summary>Reading and writing made at compile time: a poll does it for each metric of each customer.</summary>
[JsonSerializable(typeof(IReadOnlyList<ChargeAmount>))]
[JsonSerializable(typeof(List<ChargeAmount>))]
internal sealed partial class ChargeAmountsJson : JsonSerializerContext;
