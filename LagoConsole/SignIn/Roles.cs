using System.Security.Claims;
using LagoConsole.Core.Security;

namespace LagoConsole.SignIn;

/// <summary>The app roles in Entra ID carry the names of <see cref="Role"/>.</summary>
internal static class Roles
{
    public static IReadOnlyList<string> Names { get; } = [nameof(Role.Viewer), nameof(Role.Operator), nameof(Role.Admin)];

    /// <summary>The highest role held; a person can be given several.</summary>
    public static Role Of(ClaimsPrincipal person) =>
        person.Identity?.IsAuthenticated != true ? Role.None
        : person.IsInRole(nameof(Role.Admin)) ? Role.Admin
        : person.IsInRole(nameof(Role.Operator)) ? Role.Operator
        : person.IsInRole(nameof(Role.Viewer)) ? Role.Viewer
        : Role.None;
}
