namespace LagoConsole.Sandbox.Aws;

/// <summary>A request-level exception of AWS: nothing in the call was processed.</summary>
public sealed class AwsRefusedException : Exception
{
    /// <summary>Creates it.</summary>
    /// <param name="type">The exception's name, such as <c>ThrottlingException</c>.</param>
    /// <param name="message">A sentence.</param>
    /// <param name="status">400 for what the service's model names; 403 for keys and signatures.</param>
    public AwsRefusedException(string type, string message, int status = 400)
        : base(message)
    {
        Type = type;
        Status = status;
    }

    /// <summary>Creates it.</summary>
    public AwsRefusedException()
        : this("ValidationException", "The request is not valid.")
    {
    }

    /// <summary>Creates it with a sentence.</summary>
    public AwsRefusedException(string message)
        : this("ValidationException", message)
    {
    }

    /// <summary>Creates it with a sentence and a cause.</summary>
    public AwsRefusedException(string message, Exception inner)
        : base(message, inner)
    {
    }

    /// <summary>The exception's name.</summary>
    public string Type { get; } = "ValidationException";

    /// <summary>HTTP status.</summary>
    public int Status { get; } = 400;

    /// <summary>The answer on the wire.</summary>
    public SandboxResponse ToResponse()
    {
        SandboxResponse answer = SandboxResponse.Aws(Status, new { __type = Type, message = Message });
        answer.Headers["x-amzn-ErrorType"] = Type;
        return answer;
    }
}
