namespace LagoConsole.Core.Security;

/// <summary>An actor tried something that needs a higher role. Nothing was changed.</summary>
public sealed class ForbiddenException(Actor actor, Role needed)
    : Exception($"{actor.Name} has the role {actor.Role}; this needs {needed}. Nothing was changed. Ask an administrator for the role.")
{
    public Role Needed { get; } = needed;
}
