namespace LagoConsole.Sandbox.Azure;

/// <summary>The offer and purchases that a new sandbox begins with.</summary>
internal static class AzureFurniture
{
    private const string Offer = "vendor-platform";
    private const string Plan = "gold";

    public static void Into(SandboxAzure azure)
    {
        if (azure.IsEmpty)
        {
            azure.DoAll(Everything);
        }
    }

    private static IEnumerable<AzureEntry> Everything(DateTimeOffset now)
    {
        DateTimeOffset start = AzureWindow.HourOf(now).AddDays(-60);
        return
        [
            new AzureOfferSaved(now, new AzureOffer(
                Offer, "Vendor Platform", SandboxKeys.AzureApp.ClientId,
                [new AzurePlan(Plan, "Gold", [new("usage_fee", 1), new("api_units", 100), new("storage_fee", 0.1m)])])),
            new AzureSubscriptionSaved(now, new AzureSubscription(
                new Guid("7c1f3c52-9a40-4e6e-8d0b-3f6a1c2d4e5f"), Offer, Plan, "buyer@globex.example", new Guid("1a2b3c4d-0000-4000-8000-00000000a001"),
                AzureSubscriptionStatus.Subscribed, start)),
            new AzureSubscriptionSaved(now, new AzureSubscription(
                new Guid("0b2d4f68-1a3c-4e5f-9b7d-8c6a5e4d3f2b"), Offer, Plan, "buyer@initech.example", new Guid("1a2b3c4d-0000-4000-8000-00000000a002"),
                AzureSubscriptionStatus.Subscribed, start)),
        ];
    }
}
