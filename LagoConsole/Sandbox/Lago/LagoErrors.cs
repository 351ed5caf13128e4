namespace LagoConsole.Sandbox.Lago;

/// <summary>Lago's error bodies.</summary>
internal static class LagoErrors
{
    public static SandboxResponse BadRequest(string why) => SandboxResponse.Lago(400, new { Status = 400, Error = "BadRequest: " + why });

    public static SandboxResponse Unauthorized() => SandboxResponse.Lago(401, new { Status = 401, Error = "Unauthorized" });

    public static SandboxResponse Forbidden(bool write, string resource) =>
        SandboxResponse.Lago(403, new { Status = 403, Error = "Forbidden", Code = $"{(write ? "write" : "read")}_action_not_allowed_for_{resource}" });

    /// <param name="what">For instance <c>customer</c>; <c>resource</c> for an unknown route.</param>
    public static SandboxResponse NotFound(string what) =>
        SandboxResponse.Lago(404, new { Status = 404, Error = "Not Found", Code = what + "_not_found" });

    public static SandboxResponse NotAllowed(string code) =>
        SandboxResponse.Lago(405, new { Status = 405, Error = "Method Not Allowed", Code = code });

    public static SandboxResponse Invalid(string field, string problem) =>
        SandboxResponse.Lago(422, new
        {
            Status = 422,
            Error = "Unprocessable Entity",
            Code = "validation_errors",
            ErrorDetails = new Dictionary<string, string[]>(StringComparer.Ordinal) { [field] = [problem] },
        });

    public static SandboxResponse ServerError() => SandboxResponse.Lago(500, new { Status = 500, Error = "Internal Server Error" });
}
