using System.Security.Cryptography;
using System.Text;
using LagoConsole.Core.Fulfilment;
using LagoConsole.Core.Products;
using LagoConsole.Core.Reporting;
using LagoConsole.Core.Sandbox;
using Microsoft.Extensions.Options;

namespace LagoConsole.Fulfilment;

/// <summary>
/// Azure's connection webhook. What it says is kept, and answered with 200 only then; the next run of the job asks Azure itself before
/// anything is believed.
/// </summary>
internal static class AzureWebhook
{
    public const string Path = "/marketplaces/azure/webhook";

    public static IServiceCollection AddAzureWebhook(this IServiceCollection services) => services.AddSingleton(provider => new WebhookTokens(
        MeteringCall.CreateClient(useProxy: !provider.GetRequiredService<ISandboxDoor>().IsOpen), provider.GetRequiredService<ISandboxDoor>(),
        provider.GetRequiredService<IOptions<AzureNoticeOptions>>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<WebhookTokens>>()));

    /// <summary>No sign-in and no antiforgery: Microsoft's token is what lets it in.</summary>
    public static void MapAzureWebhook(this IEndpointRouteBuilder app) =>
        app.MapPost(Path, (HttpContext context, WebhookTokens tokens, NoticeStore notices) => AnswerAsync(context.Request, tokens, notices, context.RequestAborted))
            .AllowAnonymous().DisableAntiforgery().ExcludeFromDescription();

    private static async Task<IResult> AnswerAsync(HttpRequest request, WebhookTokens tokens, NoticeStore notices, CancellationToken cancellationToken)
    {
        switch (await tokens.CheckAsync(request.Headers.Authorization, cancellationToken))
        {
            case WebhookCaller.Unknown:
                return Results.StatusCode(StatusCodes.Status401Unauthorized);
            case WebhookCaller.Other:
                return Results.StatusCode(StatusCodes.Status403Forbidden);
            case WebhookCaller.Undecided:
                return Results.StatusCode(StatusCodes.Status503ServiceUnavailable); // Azure calls again for eight hours; a 4xx would refuse a change of plan
        }

        if (await ReadAsync(request, cancellationToken) is not { } bytes)
        {
            return Results.StatusCode(StatusCodes.Status413PayloadTooLarge);
        }

        await notices.KeepAsync(Marketplace.Azure, Convert.ToHexStringLower(SHA256.HashData(bytes)), Encoding.UTF8.GetString(bytes), cancellationToken);
        return Results.Ok();
    }

    /// <summary>Null where it is longer than any honest message.</summary>
    private static async Task<byte[]?> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[NoticeStore.MaxMessage + 1];
        int length = await request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        return length == buffer.Length ? null : buffer[..length];
    }
}
