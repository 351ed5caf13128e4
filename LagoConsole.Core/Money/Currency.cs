namespace LagoConsole.Core.Money;

/// <summary>A currency as Lago counts it.</summary>
/// <param name="Code">ISO 4217 letters, upper case.</param>
/// <param name="MinorPerMajor">How many of Lago's minor units make one unit: 100 for USD, 1 for JPY, 5 for MRO.</param>
/// <param name="Decimals">Decimal places that show one minor unit exactly: 2 for USD, 0 for JPY, 1 for MRO (steps of 0.2).</param>
public sealed record Currency(string Code, int MinorPerMajor, int Decimals);
