namespace LagoConsole.Sandbox.Faults;

/// <summary>The sandbox's services, each with its own faults.</summary>
public enum SandboxService
{
    /// <summary>Lago.</summary>
    Lago,

    /// <summary>AWS Marketplace.</summary>
    Aws,

    /// <summary>Azure Marketplace, with its login.</summary>
    Azure,

    /// <summary>Google Cloud Marketplace, with its token service.</summary>
    Google,
}

/// <summary>What can go wrong between the console and a service.</summary>
public enum FaultKind
{
    /// <summary>The answer takes its time.</summary>
    Latency,

    /// <summary>Lago and Azure: 429. AWS: 400 ThrottlingException. Google: 429 RESOURCE_EXHAUSTED. Nothing was processed.</summary>
    Throttle,

    /// <summary>500, nothing was processed.</summary>
    ErrorBefore,

    /// <summary>500, though everything was processed.</summary>
    ErrorAfter,

    /// <summary>The connection drops before anything was processed.</summary>
    LostRequest,

    /// <summary>Everything was processed; the connection drops before the answer.</summary>
    LostAnswer,

    /// <summary>Lago: 401. AWS: 403 UnrecognizedClientException. Azure: 403. Google: 401.</summary>
    Unauthorized,

    /// <summary>503 with a proxy's HTML page, nothing was processed.</summary>
    Outage,

    /// <summary>The last record of a call is not processed, and the answer says so. AWS: unprocessed. Azure: <c>Error</c>. Google: code 14. Not at Lago.</summary>
    Unprocessed,
}
