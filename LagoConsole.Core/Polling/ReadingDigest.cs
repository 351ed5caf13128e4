using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace LagoConsole.Core.Polling;

/// <summary>Fingerprints of a reading, stored beside its period: what a poll shows is held against them, and not against each of the period's marks.</summary>
internal static class ReadingDigest
{
    /// <summary>Of SHA-256.</summary>
    public const int Bytes = 32;

    /// <summary>
    /// Of all that a reading shows and of how it is billed: two readings with the same one say the same of the same period. Where that
    /// has nothing left to be acted on, an unchanged customer costs neither a look at its marks nor a row.
    /// </summary>
    /// <param name="isAtCloseOnly">Whether a person chose for a metric code that it is billed at the period's close only (R8).</param>
    public static byte[] Of(SubscriptionReading reading, Func<string, bool> isAtCloseOnly)
    {
        ArrayBufferWriter<byte> told = new(4096);
        Tell(told, reading.PeriodEnd.UtcTicks);
        Tell(told, reading.Currency);
        foreach (MetricReading metric in reading.Metrics.OrderBy(metric => metric.Code, StringComparer.Ordinal)) // an answer's order says nothing
        {
            Tell(told, metric.Code);
            Tell(told, metric.TotalMinor);
            Tell(told, (metric.IsProjection ? 1 : 0) + (isAtCloseOnly(metric.Code) ? 2 : 0));
            Tell(told, metric.Charges.Count);
            foreach (ChargeAmount charge in metric.Charges)
            {
                Tell(told, charge.ChargeLagoId);
                Tell(told, charge.ChargeModel);
                Tell(told, charge.AmountMinor);
            }
        }

        return SHA256.HashData(told.WrittenSpan);
    }

    /// <summary>Of which metrics and charges a reading shows, whatever their amounts: what is new among them is on the plan (R8).</summary>
    public static byte[] OfShape(SubscriptionReading reading)
    {
        ArrayBufferWriter<byte> told = new(2048);
        Tell(told, reading.Currency);
        foreach (MetricReading metric in reading.Metrics.OrderBy(metric => metric.Code, StringComparer.Ordinal))
        {
            Tell(told, metric.Code);
            Tell(told, metric.Charges.Count);
            foreach (ChargeAmount charge in metric.Charges)
            {
                Tell(told, charge.ChargeLagoId);
            }
        }

        return SHA256.HashData(told.WrittenSpan);
    }

    private static void Tell(ArrayBufferWriter<byte> told, long number)
    {
        BinaryPrimitives.WriteInt64LittleEndian(told.GetSpan(sizeof(long)), number);
        told.Advance(sizeof(long));
    }

    /// <summary>With its length: what ends here cannot be taken for what begins next.</summary>
    private static void Tell(ArrayBufferWriter<byte> told, string text)
    {
        Tell(told, text.Length);
        told.Advance(Encoding.UTF8.GetBytes(text, told.GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length))));
    }
}
