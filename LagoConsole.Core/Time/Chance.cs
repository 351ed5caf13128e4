using System.Buffers.Binary;

namespace LagoConsole.Core.Time;

/// <summary>
/// Where ids and jitter come from. Real chance, unless a simulation has seeded its own flow of calls: then the same
/// seed gives the same ids, in the same order, and a run can be repeated to the letter. Not thread safe.
/// </summary>
internal sealed class Chance(long seed)
{
    private static readonly AsyncLocal<Chance?> Flow = new();

    private ulong _state = unchecked((ulong)seed);

    /// <summary>Null outside of simulations.</summary>
    public static Chance? Seeded => Flow.Value;

    /// <summary>Everything that this flow of calls starts from now on takes its chance from here.</summary>
    public void Rule() => Flow.Value = this;

    /// <summary>Version 7, as <see cref="Guid.CreateVersion7(DateTimeOffset)"/> makes them.</summary>
    public Guid Id(DateTimeOffset now)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(bytes, now.ToUnixTimeMilliseconds() << 16);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[6..], (ushort)(Next() & 0xFFFF));
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], Next());
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x70);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }

    public double Sample() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>64 well mixed bits (splitmix64).</summary>
    public ulong Next()
    {
        unchecked
        {
            _state += 0x9E3779B97F4A7C15UL;
            ulong value = _state;
            value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9UL;
            value = (value ^ (value >> 27)) * 0x94D049BB133111EBUL;
            return value ^ (value >> 31);
        }
    }
}
