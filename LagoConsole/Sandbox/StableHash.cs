namespace LagoConsole.Sandbox;

/// <summary>A hash that is the same in every process and on every machine: what the sandbox makes up, it makes up again.</summary>
internal static class StableHash
{
    /// <summary>64 well mixed bits of the parts, in order.</summary>
    public static ulong Of(long seed, params ReadOnlySpan<string> parts)
    {
        unchecked
        {
            ulong hash = 14695981039346656037UL ^ (ulong)seed; // FNV-1a
            foreach (string part in parts)
            {
                foreach (char letter in part)
                {
                    hash = (hash ^ letter) * 1099511628211UL;
                }

                hash = (hash ^ 0xFFFF) * 1099511628211UL; // so that ("ab","c") differs from ("a","bc")
            }

            return Mix(hash);
        }
    }

    /// <summary>Another 64 bits from a hash and a number, without building text.</summary>
    public static ulong With(ulong hash, long number)
    {
        unchecked
        {
            return Mix(hash + ((ulong)number * 0x9E3779B97F4A7C15UL));
        }
    }

    /// <summary>A made-up UUID that looks like version 4.</summary>
    public static Guid Id(long seed, params ReadOnlySpan<string> parts)
    {
        ulong high = Of(seed, parts);
        Span<byte> bytes = stackalloc byte[16];
        BitConverter.TryWriteBytes(bytes, high);
        BitConverter.TryWriteBytes(bytes[8..], With(high, 1));
        bytes[7] = (byte)((bytes[7] & 0x0F) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes);
    }

    // The finalizer of splitmix64.
    private static ulong Mix(ulong value)
    {
        unchecked
        {
            value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9UL;
            value = (value ^ (value >> 27)) * 0x94D049BB133111EBUL;
            return value ^ (value >> 31);
        }
    }
}
