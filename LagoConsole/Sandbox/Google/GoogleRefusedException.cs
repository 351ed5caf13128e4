namespace LagoConsole.Sandbox.Google;

/// <summary>A call that Google refuses as a whole.</summary>
public sealed class GoogleRefusedException : Exception
{
    /// <summary>Creates it.</summary>
    /// <param name="status">HTTP.</param>
    /// <param name="name">Google's name of the error, such as <c>PERMISSION_DENIED</c>.</param>
    /// <param name="message">A sentence.</param>
    public GoogleRefusedException(int status, string name, string message)
        : base(message)
    {
        Status = status;
        Name = name;
    }

    /// <summary>Creates it.</summary>
    public GoogleRefusedException()
        : this(400, "INVALID_ARGUMENT", "The request is not valid.")
    {
    }

    /// <summary>Creates it with a sentence.</summary>
    public GoogleRefusedException(string message)
        : this(400, "INVALID_ARGUMENT", message)
    {
    }

    /// <summary>Creates it with a sentence and a cause.</summary>
    public GoogleRefusedException(string message, Exception inner)
        : base(message, inner)
    {
    }

    /// <summary>HTTP status.</summary>
    public int Status { get; } = 400;

    /// <summary>Google's name of the error.</summary>
    public string Name { get; } = "INVALID_ARGUMENT";

    /// <summary>The answer on the wire.</summary>
    public SandboxResponse ToResponse() => SandboxResponse.Json(Status, new { error = new { code = Status, message = Message, status = Name } });
}
