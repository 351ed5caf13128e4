using System.Net;

namespace LagoConsole.Core.Reporting;

/// <summary>
/// The body of one call, which knows whether it was ever handed to a connection. That is the proof the ledger asks for:
/// the HTTP client writes the body only after name, socket and TLS stand, so a call that failed with the body untouched
/// cannot have been processed, and any other failure may have been (R13).
/// </summary>
internal sealed class MeteringBody(byte[] bytes) : HttpContent
{
    private int _handedOver;

    /// <summary>False: not one byte of the body has left, whatever became of the call.</summary>
    public bool MayHaveLeft => Volatile.Read(ref _handedOver) != 0;

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        // A second copy would be a second attempt of which the ledger has no row.
        return Interlocked.Exchange(ref _handedOver, 1) == 0
            ? stream.WriteAsync(bytes, cancellationToken).AsTask()
            : throw new InvalidOperationException("A metering call is sent once; the HTTP client tried to send it again.");
    }

    protected override bool TryComputeLength(out long length)
    {
        length = bytes.Length;
        return true;
    }
}
