using System.Globalization;
using LagoConsole.Sandbox.Aws;
using LagoConsole.Sandbox.Faults;
using LagoConsole.Sandbox.Lago;
using Microsoft.AspNetCore.Http.Features;

namespace LagoConsole.Sandbox;

/// <summary>The sandbox's services as endpoints of the app.</summary>
public static class SandboxEndpoints
{
    private static readonly string[] AnyMethod = ["GET", "POST", "PUT", "PATCH", "DELETE"];

    /// <summary>
    /// Maps Lago below <c>/sandbox/lago/api/v1</c>, AWS below <c>/sandbox/aws/{region}/</c>, Azure below
    /// <c>/sandbox/azure/</c>, Google below <c>/sandbox/google/</c>, each one's bill at its <c>bill</c> (as
    /// <c>/sandbox/aws/bill</c>), and the ready-made credentials at <c>/sandbox/credentials</c>. No sign-in and no
    /// antiforgery: the services have keys and signatures of their own.
    /// </summary>
    /// <exception cref="InvalidOperationException">The environment is neither Development nor Testing.</exception>
    public static void MapSandbox(this WebApplication app)
    {
        SandboxRegistration.RefuseOutsideDevelopment(app.Environment);
        RouteGroupBuilder sandbox = app.MapGroup("/sandbox").AllowAnonymous().DisableAntiforgery().ExcludeFromDescription();
        sandbox.MapMethods("/lago/{**rest}", AnyMethod, (HttpContext context, SandboxWorld world) => AnswerAsync(context, world, SandboxService.Lago));
        sandbox.MapMethods("/aws/{**rest}", AnyMethod, (HttpContext context, SandboxWorld world) => AnswerAsync(context, world, SandboxService.Aws));
        sandbox.MapMethods("/azure/{**rest}", AnyMethod, (HttpContext context, SandboxWorld world) => AnswerAsync(context, world, SandboxService.Azure));
        sandbox.MapMethods("/google/{**rest}", AnyMethod, (HttpContext context, SandboxWorld world) => AnswerAsync(context, world, SandboxService.Google));
        sandbox.MapGet("/aws/bill", (SandboxControl control) => Results.Json(control.AwsBill()));
        sandbox.MapGet("/azure/bill", (SandboxControl control) => Results.Json(control.AzureBill()));
        sandbox.MapGet("/google/bill", (SandboxControl control) => Results.Json(control.GoogleBill()));
        sandbox.MapGet("/credentials", (SandboxControl control, HttpContext context) =>
            Results.Json(control.Credentials(new Uri($"{context.Request.Scheme}://{context.Request.Host}"))));
        sandbox.MapPost("/aws/registration-token", (SandboxControl control, string licenseArn) =>
            Results.Json(new { RegistrationToken = control.IssueAwsToken(licenseArn) }));
    }

    private static async Task AnswerAsync(HttpContext context, SandboxWorld world, SandboxService service)
    {
        SandboxRequest request = await ReceiveAsync(context);
        SandboxResponse? answer = await SandboxExchange.AnswerAsync(world, service, request, context.RequestAborted);
        if (answer is null)
        {
            context.Abort();
            return;
        }

        context.Response.StatusCode = answer.Status;
        context.Response.ContentType = answer.ContentType.Length > 0 ? answer.ContentType : null;

        // The service's time, not the machine's: clients correct their clock by it before they sign again.
        context.Response.Headers.Date = world.Clock.GetUtcNow().ToString("r", CultureInfo.InvariantCulture);
        foreach ((string name, string value) in answer.Headers)
        {
            context.Response.Headers[name] = value;
        }

        context.Response.ContentLength = answer.Body.Length;
        await context.Response.Body.WriteAsync(answer.Body, context.RequestAborted);
    }

    private static async Task<SandboxRequest> ReceiveAsync(HttpContext context)
    {
        using MemoryStream body = new();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        return new SandboxRequest(
            context.Request.Method,
            context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget,
            context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase),
            body.ToArray());
    }
}
