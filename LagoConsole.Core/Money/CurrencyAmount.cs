namespace LagoConsole.Core.Money;

/// <summary>A sum in one currency.</summary>
/// <param name="Minor">Minor units; may have a fraction.</param>
public sealed record CurrencyAmount(string Currency, decimal Minor);
