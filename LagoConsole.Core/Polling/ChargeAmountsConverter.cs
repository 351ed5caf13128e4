using System.Text.Json;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace LagoConsole.Core.Polling;

/// <summary>Charge amounts are read with their snapshot and never searched: one JSON column serves both databases.</summary>
internal sealed class ChargeAmountsConverter() : ValueConverter<IReadOnlyList<ChargeAmount>, string>(
    charges => JsonSerializer.Serialize(charges, JsonSerializerOptions.Default),
    text => JsonSerializer.Deserialize<List<ChargeAmount>>(text, JsonSerializerOptions.Default) ?? new List<ChargeAmount>());

/// <summary>Compares by content.</summary>
internal sealed class ChargeAmountsComparer() : ValueComparer<IReadOnlyList<ChargeAmount>>(
    (left, right) => (left == null && right == null) || (left != null && right != null && left.SequenceEqual(right)),
    charges => charges.Count,
    charges => charges.ToList());
