namespace LagoConsole.Sandbox.Google;

/// <summary>The service and purchases that a new sandbox begins with.</summary>
internal static class GoogleFurniture
{
    private const string Service = "vendor-platform.endpoints.vendor-public.cloud.goog";

    public static void Into(SandboxGoogle google)
    {
        if (google.IsEmpty)
        {
            google.DoAll(Everything);
        }
    }

    private static IEnumerable<GoogleEntry> Everything(DateTimeOffset now)
    {
        DateTimeOffset start = new DateTimeOffset(now.UtcTicks - (now.UtcTicks % TimeSpan.TicksPerHour), TimeSpan.Zero).AddDays(-60);
        return
        [
            new GoogleServiceSaved(now, new GoogleService(
                Service, "Vendor Platform", [new("gold_usage_fee", 1), new("gold_api_units", 100), new("gold_storage_fee", 0.1m)])),
            new GoogleEntitlementSaved(now, new GoogleEntitlement(
                "e-4711", Service, "project_number:404012345678", "globex", GoogleEntitlementState.Active, start)),
            new GoogleEntitlementSaved(now, new GoogleEntitlement(
                "e-4712", Service, "project_number:404012345679", "initech", GoogleEntitlementState.Active, start)),
        ];
    }
}
