using System.Globalization;
using LagoConsole.Core.Exports;
using Microsoft.Net.Http.Headers;

namespace LagoConsole.Exports;

/// <summary>
/// A table as a file, sent as its rows are read. It ends with the browser's leaving; a fault in the middle breaks the
/// connection, so that no browser takes half a file for the whole.
/// </summary>
internal sealed class CsvResult<TRow>(string table, CsvTable<TRow> columns, IAsyncEnumerable<TRow> rows) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        DateTimeOffset now = httpContext.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();
        HttpResponse response = httpContext.Response;
        response.ContentType = "text/csv; charset=utf-8";
        response.Headers.CacheControl = "no-store";
        response.Headers.ContentDisposition = new ContentDispositionHeaderValue("attachment")
        {
            FileName = string.Create(CultureInfo.InvariantCulture, $"{table}-{now.UtcDateTime:yyyyMMdd'T'HHmmss'Z'}.csv"),
        }.ToString();
        try
        {
            await columns.WriteAsync(response.BodyWriter, rows, httpContext.RequestAborted);
        }
        catch (OperationCanceledException) when (httpContext.RequestAborted.IsCancellationRequested)
        {
            // The browser left: nobody reads on.
        }
    }
}
