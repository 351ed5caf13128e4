namespace LagoConsole.Core.Integrations;

/// <summary>Where an organization's Lago runs. Fixed for the life of an integration.</summary>
public enum LagoRegion
{
    Us = 1,
    Eu = 2,

    /// <summary>The vendor's own server; the address is stored with the integration.</summary>
    SelfHosted = 3,

    /// <summary>The console's own sandbox; only where it is switched on (Development).</summary>
    Sandbox = 4,
}
