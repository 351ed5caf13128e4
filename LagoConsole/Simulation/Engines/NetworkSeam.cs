using LagoConsole.Sandbox;
using LagoConsole.Sandbox.Faults;
using LagoConsole.Simulation.Threads;

namespace LagoConsole.Simulation.Engines;

/// <summary>What was asked and answered, for whoever keeps the world's own books.</summary>
internal interface IListener
{
    /// <summary>A service has processed a request, whether or not its answer will ever arrive.</summary>
    void Processed(SandboxService service, SandboxRequest request, SandboxResponse answer);

    /// <summary>An answer has arrived at an engine.</summary>
    /// <param name="askedAt">By the engine's own clock, when it first asked.</param>
    void Delivered(SandboxService service, SandboxRequest request, SandboxResponse answer, DateTimeOffset askedAt);
}

/// <summary>Carries the calls of one life of an engine to the world's services, through the weather.</summary>
internal sealed class NetworkSeam(SandboxWorld services, VirtualClock clock, EngineClock own, Weather weather, Loom loom, Life life, IListener listener)
    : HttpMessageHandler
{
    private static readonly HttpRequestOptionsKey<DateTimeOffset> FirstAsked = new("LagoConsole.Simulation.FirstAsked");

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (!request.Options.TryGetValue(FirstAsked, out DateTimeOffset askedAt))
        {
            askedAt = own.GetUtcNow();
            request.Options.Set(FirstAsked, askedAt);
        }

        await loom.StepAsync(life);
        SandboxService service = InProcessHandler.ServiceAt(request.RequestUri!.AbsolutePath);
        Trip trip = weather.Draw(service, clock.Now);
        if (trip.IsRefused)
        {
            await Task.Delay(trip.There, own, cancellationToken);
            throw new HttpRequestException(HttpRequestError.ConnectionError, "The connection was refused.");
        }

        SandboxRequest received = await InProcessHandler.ReceiveAsync(request, cancellationToken);
        TaskCompletionSource<SandboxResponse?> answered = new();
        using CancellationTokenRegistration patience = cancellationToken.Register(() => answered.TrySetCanceled(cancellationToken));
        clock.At(clock.Now + trip.There, () => Arrive(service, received, trip, answered));
        SandboxResponse answer = await answered.Task
            ?? throw new HttpRequestException(HttpRequestError.ResponseEnded, "The connection was dropped.");
        listener.Delivered(service, received, answer, askedAt);
        return InProcessHandler.ToMessage(answer, request, clock.Now);
    }

    /// <summary>The service has the request: from here on it does not matter who still waits.</summary>
    private void Arrive(SandboxService service, SandboxRequest received, Trip trip, TaskCompletionSource<SandboxResponse?> answered)
    {
        if (trip.IsPartial)
        {
            services.Faults.Next(service, FaultKind.Unprocessed);
        }

        SandboxResponse? answer = SandboxExchange.Answer(services, service, trip.Fault, received);
        services.Faults.Off(service, FaultKind.Unprocessed); // a question for a token leaves no record out
        if (answer is not null)
        {
            listener.Processed(service, received, answer);
        }

        if (answer is not null || !trip.IsSilent)
        {
            clock.At(clock.Now + trip.Back, () => loom.Later(life, () => answered.TrySetResult(answer)));
        }
    }
}
