namespace LagoConsole.Core.Security;

/// <summary>
/// Who asks for a change. Every service method that changes something takes one and checks it,
/// so that a right does not depend on which page, endpoint or command made the call.
/// </summary>
/// <param name="Name">Shown in the audit log: the sign-in name, or <c>system</c> for a job.</param>
/// <param name="Role">The highest role held.</param>
/// <param name="Address">The network address that the person came from, for the audit log; null for the console itself.</param>
public sealed record Actor(string Name, Role Role, string? Address = null)
{
    /// <summary>The console itself: jobs and start-up.</summary>
    public static Actor System { get; } = new("system", Role.Admin);

    /// <exception cref="ForbiddenException">The actor's role is lower than <paramref name="needed"/>.</exception>
    public void Require(Role needed)
    {
        if (Role < needed)
        {
            throw new ForbiddenException(this, needed);
        }
    }

    public bool Can(Role needed) => Role >= needed;
}
