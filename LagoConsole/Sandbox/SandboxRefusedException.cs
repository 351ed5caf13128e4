namespace LagoConsole.Sandbox;

/// <summary>What was asked of the sandbox is not possible; the message says why, for the person who asked.</summary>
public sealed class SandboxRefusedException : Exception
{
    /// <summary>Creates it with a sentence.</summary>
    public SandboxRefusedException(string message)
        : base(message)
    {
    }

    /// <summary>Creates it with a sentence and a cause.</summary>
    public SandboxRefusedException(string message, Exception inner)
        : base(message, inner)
    {
    }

    /// <summary>Creates it.</summary>
    public SandboxRefusedException()
    {
    }
}
