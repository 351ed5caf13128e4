namespace LagoConsole.Components.Layout;

/// <summary>The letter that follows <c>g</c>, for each page of the menu.</summary>
/// <param name="Letter">Of the page's name, where it is free.</param>
internal sealed record PageKey(char Letter, string Title, string Href)
{
    /// <summary>Only while the sandbox is open.</summary>
    public const string Sandbox = "/sandbox";

    public static IReadOnlyList<PageKey> All { get; } =
    [
        new('o', "Overview", "/"),
        new('i', "Integrations", "/integrations"),
        new('b', "Buyers", "/buyers"),
        new('p', "Purchases", "/purchases"),
        new('d', "Products", "/products"),
        new('u', "Usage", "/usage"),
        new('w', "Waiting", "/waiting"),
        new('r', "Records", "/records"),
        new('c', "Reconciliation", "/reconciliation"),
        new('k', "Books", "/books"),
        new('j', "Jobs", "/jobs"),
        new('n', "Notifications", "/notifications"),
        new('a', "Audit", "/audit"),
        new('s', "Settings", "/settings"),
        new('x', "Sandbox", Sandbox),
    ];
}
