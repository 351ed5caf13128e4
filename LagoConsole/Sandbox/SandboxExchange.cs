using LagoConsole.Core.Persistence;
using LagoConsole.Sandbox.Aws;
using LagoConsole.Sandbox.Azure;
using LagoConsole.Sandbox.Faults;
using LagoConsole.Sandbox.Google;
using LagoConsole.Sandbox.Lago;

namespace LagoConsole.Sandbox;

/// <summary>One request and what becomes of it, faults included. The same for sockets and for in-process clients.</summary>
public static class SandboxExchange
{
    /// <summary>The answer; null if the connection is to be dropped without one.</summary>
    public static async Task<SandboxResponse?> AnswerAsync(
        SandboxWorld world, SandboxService service, SandboxRequest request, CancellationToken cancellationToken)
    {
        DrawnFault fault = world.Faults.Draw(service, IsAside(service, request));
        if (fault.Delay > TimeSpan.Zero)
        {
            await Task.Delay(fault.Delay, world.Clock, cancellationToken);
        }

        return Answer(world, service, fault.Kind, request);
    }

    /// <summary>The answer that a request meets with this fault; null if the connection is to be dropped without one.</summary>
    internal static SandboxResponse? Answer(SandboxWorld world, SandboxService service, FaultKind? fault, SandboxRequest request)
    {
        switch (fault)
        {
            case null:
                return Process(world, service, request);
            case FaultKind.LostRequest:
                return null;
            case FaultKind.LostAnswer:
                Process(world, service, request);
                return null;
            case FaultKind.ErrorAfter:
                Process(world, service, request);
                return Error(service);
            case FaultKind.ErrorBefore:
                return Error(service);
            case FaultKind.Throttle:
                return Throttled(service);
            case FaultKind.Unauthorized:
                return Unauthorized(service);
            case FaultKind.Outage:
                return SandboxResponse.Html(503, "Service Temporarily Unavailable");
            case FaultKind.Latency or FaultKind.Unprocessed:
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    /// <summary>It only prepares the call that matters: a token, or the question whether a buyer may be billed.</summary>
    private static bool IsAside(SandboxService service, SandboxRequest request) => service switch
    {
        SandboxService.Azure => AzureApi.IsLogin(request),
        SandboxService.Google => GoogleApi.IsTokenOrCheck(request),
        _ => false,
    };

    /// <summary>It brings usage, and so moves money.</summary>
    private static bool IsDelivery(SandboxService service, SandboxRequest request) => service switch
    {
        SandboxService.Aws => AwsApi.IsMetering(request),
        SandboxService.Azure => AzureApi.IsMetering(request),
        SandboxService.Google => GoogleApi.IsReport(request),
        _ => false,
    };

    private static SandboxResponse Process(SandboxWorld world, SandboxService service, SandboxRequest request)
    {
        if (!IsDelivery(service, request))
        {
            return Answered(world, service, request);
        }

        // The two ends of a lost answer, as seen from the marketplace: crash tests stop the process here.
        MoneySteps.Before(MoneySteps.Delivery);
        SandboxResponse answer = Answered(world, service, request);
        MoneySteps.After(MoneySteps.Delivery);
        return answer;
    }

    private static SandboxResponse Answered(SandboxWorld world, SandboxService service, SandboxRequest request) => service switch
    {
        SandboxService.Lago => world.Lago.Requests.Answer(request),
        SandboxService.Aws => world.Aws.Requests.Answer(request),
        SandboxService.Azure => world.Azure.Requests.Answer(request),
        SandboxService.Google => world.Google.Requests.Answer(request),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static SandboxResponse Unauthorized(SandboxService service) => service switch
    {
        SandboxService.Lago => LagoErrors.Unauthorized(),
        SandboxService.Aws => new AwsRefusedException("UnrecognizedClientException", "The security token included in the request is invalid.", 403).ToResponse(),
        SandboxService.Azure => SandboxResponse.Json(403, new { message = "Client is not authorized for this usage resource.", code = "Forbidden" }),
        SandboxService.Google => new GoogleRefusedException(401, "UNAUTHENTICATED", "Request had invalid authentication credentials.").ToResponse(),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static SandboxResponse Error(SandboxService service) => service switch
    {
        SandboxService.Lago => LagoErrors.ServerError(),
        SandboxService.Aws => new AwsRefusedException("InternalServiceErrorException", "An internal error has occurred.", 500).ToResponse(),
        SandboxService.Azure => SandboxResponse.Empty(500),
        SandboxService.Google => new GoogleRefusedException(500, "INTERNAL", "Internal error encountered.").ToResponse(),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static SandboxResponse Throttled(SandboxService service)
    {
        switch (service)
        {
            case SandboxService.Aws:
                return new AwsRefusedException("ThrottlingException", "Rate exceeded").ToResponse();
            case SandboxService.Azure:
                SandboxResponse azure = SandboxResponse.Empty(429);
                azure.Headers["Retry-After"] = "30";
                return azure;
            case SandboxService.Google:
                return new GoogleRefusedException(429, "RESOURCE_EXHAUSTED", "Quota exceeded.").ToResponse();
            default:
                // Lago Cloud's edge answers, not Lago: status and headers are all there is to rely on.
                SandboxResponse lago = SandboxResponse.Empty(429);
                LagoRateLimits.Write(lago, limit: 50, remaining: 0);
                return lago;
        }
    }
}
