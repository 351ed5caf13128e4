using LagoConsole.Core.HighWater;
using LagoConsole.Core.Money;
using LagoConsole.Core.Waiting;
using Microsoft.AspNetCore.Components;

namespace LagoConsole.Components.Waiting;

/// <summary>All money that does not go on by itself: why, since when, until when, and the button that resolves it (R6, R15, R18).</summary>
public sealed partial class WaitingPage : IDisposable
{
    private readonly CancellationTokenSource _leaving = new();
    private WaitingMoneyTable? _waiting;
    private HeldKeysTable? _held;
    private WaitingOverview? _overview;
    private IReadOnlyList<WaitingTotal> _totals = [];
    private IReadOnlyList<CurrencyAmount> _aboveFinal = [];
    private bool _failed;

    /// <summary>Name of a <see cref="WaitReason"/> or <see cref="HoldReason"/>; anything else shows every reason.</summary>
    [SupplyParameterFromQuery(Name = "reason")]
    public string? Reason { get; set; }

    /// <summary>Part of a buyer's name.</summary>
    [SupplyParameterFromQuery(Name = "buyer")]
    public string? Buyer { get; set; }

    /// <summary>Name of a <see cref="WaitingOrder"/>.</summary>
    [SupplyParameterFromQuery(Name = "order")]
    public string? Order { get; set; }

    [Inject]
    private WaitingQueries Queries { get; set; } = null!;

    [Inject]
    private UsageQueries Usage { get; set; } = null!;

    [Inject]
    private WaitingNews News { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [Inject]
    private ILogger<WaitingPage> Log { get; set; } = null!;

    private WaitReason? WantedWait => Parse<WaitReason>(Reason);

    private HoldReason? WantedHold => Parse<HoldReason>(Reason);

    private WaitingOrder WantedOrder => Parse<WaitingOrder>(Order) ?? WaitingOrder.Money;

    public void Dispose()
    {
        _leaving.Cancel();
        _leaving.Dispose();
    }

    protected override async Task OnInitializedAsync()
    {
        await LoadAsync();
    }

    private static T? Parse<T>(string? name)
        where T : struct, Enum => Enum.TryParse(name, ignoreCase: true, out T value) && Enum.IsDefined(value) ? value : null;

    private static string Lower(string label) => char.ToLowerInvariant(label[0]) + label[1..];

    /// <summary>A section is left out only when another section's reason is asked for.</summary>
    private bool Shows<T>(T? wanted)
        where T : struct => wanted is not null || (WantedWait is null && WantedHold is null);

    private string Pressed(string reason) => string.Equals(Reason, reason, StringComparison.OrdinalIgnoreCase) ? "true" : "false";

    private Task ToggleAsync(string reason) => GoToAsync(Pressed(reason) == "true" ? null : reason, Buyer, Order);

    /// <summary>The address names what is shown, so that it can be sent to somebody.</summary>
    private Task GoToAsync(string? reason, string? buyer, string? order)
    {
        Navigation.NavigateTo(
            Navigation.GetUriWithQueryParameters(new Dictionary<string, object?>(StringComparer.Ordinal)
            {
                ["reason"] = string.IsNullOrEmpty(reason) ? null : reason,
                ["buyer"] = string.IsNullOrWhiteSpace(buyer) ? null : buyer,
                ["order"] = order is null or nameof(WaitingOrder.Money) ? null : order,
            }),
            replace: true);
        return Task.CompletedTask;
    }

    private void ShowTotals(IReadOnlyList<WaitingTotal> totals)
    {
        _totals = totals;
        StateHasChanged();
    }

    private async Task LoadAsync()
    {
        try
        {
            _overview = await Queries.SummariseAsync(_leaving.Token);
            _aboveFinal = await Usage.SumAboveFinalAsync(_leaving.Token);
            _failed = false;
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            Log.LogError(failure, "What waits could not be read.");
            _failed = true;
        }
    }

    /// <summary>One decision may move money from one section to another.</summary>
    private async Task ReloadAsync()
    {
        News.Tell();
        await LoadAsync();
        await Task.WhenAll(_waiting?.ReloadAsync() ?? Task.CompletedTask, _held?.ReloadAsync() ?? Task.CompletedTask);
    }
}
