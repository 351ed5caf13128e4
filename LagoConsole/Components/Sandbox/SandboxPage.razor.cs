using System.Diagnostics;
using LagoConsole.Core.Products;
using LagoConsole.Core.Security;
using LagoConsole.Sandbox;
using LagoConsole.Sandbox.Faults;
using LagoConsole.Sandbox.Lago;
using LagoConsole.SignIn;
using Microsoft.AspNetCore.Components;
using Quartz;

namespace LagoConsole.Components.Sandbox;

/// <summary>The sandbox's buttons: time, usage, coupons and faults. Development only; elsewhere it says so and can do nothing.</summary>
public sealed partial class SandboxPage(IServiceProvider services, CurrentActor person, NavigationManager navigation) : ComponentBase
{
    private readonly CancellationTokenSource _left = new();
    private SandboxControl? _control;
    private SandboxSummary? _summary;
    private SandboxCredentials _credentials = null!;
    private IReadOnlyList<LagoPlan> _plans = [];
    private CancellationTokenSource? _stop;
    private bool _mayAct;
    private bool _passing;
    private int _passed;
    private int _hours;
    private string? _problem;

    private bool CannotPass => !_mayAct || _passing || _control?.CanMoveTime != true;

    private IEnumerable<(string Customer, string Currency, long Cents)> CountedByLago => _summary!.Customers
        .SelectMany(customer => customer.Subscriptions.Where(subscription => subscription.Usage.Count > 0)
            .GroupBy(subscription => subscription.Currency, StringComparer.Ordinal)
            .Select(ofCurrency => (customer.Name, ofCurrency.Key, ofCurrency.Sum(subscription => subscription.Usage.Sum(usage => usage.AmountCents)))));

    public async ValueTask DisposeAsync()
    {
        await _left.CancelAsync();
        _left.Dispose();
        _stop?.Dispose();
    }

    protected override async Task OnInitializedAsync()
    {
        _control = services.GetService<SandboxControl>(); // not registered outside Development
        _mayAct = (await person.GetAsync()).Can(Role.Operator);
        if (_control is not null)
        {
            Look();
        }
    }

    private void Look()
    {
        _summary = _control!.Summary();
        _credentials = _control.Credentials(new Uri(navigation.BaseUri));
        _plans = _control.Plans();
    }

    /// <summary>Does what a button asks; what is not possible is said in a sentence.</summary>
    private void Act(Action<SandboxControl> act)
    {
        _problem = null;
        try
        {
            act(_control!);
        }
        catch (SandboxRefusedException refusal)
        {
            _problem = refusal.Message;
        }

        Look();
        StateHasChanged();
    }

    private async Task PassAsync(Func<DateTimeOffset, DateTimeOffset> target)
    {
        _passing = true;
        _problem = null;
        _passed = 0;
        _stop?.Dispose();
        _stop = CancellationTokenSource.CreateLinkedTokenSource(_left.Token);
        DateTimeOffset until = target(_control!.Now);
        _hours = Math.Max(1, (int)Math.Ceiling((until - _control.Now).TotalHours));
        StateHasChanged();
        try
        {
            PassingTime time = new(_control, services.GetRequiredService<ISchedulerFactory>());
            await time.PassUntilAsync(until, ShowProgressAsync, _stop.Token);
        }
        catch (OperationCanceledException)
        {
            // Stop was pressed, or the page was left: time stands where it is.
        }
        catch (TimeoutException slow)
        {
            _problem = slow.Message;
        }
        finally
        {
            _passing = false;
        }

        if (!_left.IsCancellationRequested)
        {
            Look();
        }
    }

    private Task ShowProgressAsync(int passed, int hours) => InvokeAsync(() =>
    {
        (_passed, _hours) = (passed, hours);
        Look();
        StateHasChanged();
    });

    private Task StopAsync() => _stop?.CancelAsync() ?? Task.CompletedTask;

    private IEnumerable<SandboxBillLine> BilledBy(Marketplace marketplace) => _summary!.Bill.Where(line => line.Marketplace == marketplace);

    private bool IsOn(SandboxService service, FaultKind kind) =>
        _control!.Faults.Active.Any(fault => fault.Service == service && fault.Kind == kind);

    private void Switch(SandboxService service, FaultKind kind, bool on) => Act(control =>
    {
        if (!on)
        {
            control.Faults.Off(service, kind);
        }
        else if (kind == FaultKind.Latency)
        {
            control.Faults.Slow(service, TimeSpan.FromSeconds(3));
        }
        else
        {
            control.Faults.Always(service, kind);
        }
    });

    private static string Name(SandboxService service) => service switch
    {
        SandboxService.Aws => "AWS",
        _ => service.ToString(),
    };

    private static string Describe(FaultKind kind) => kind switch
    {
        FaultKind.Latency => "Each answer takes three seconds",
        FaultKind.Throttle => "Too many requests; nothing is processed",
        FaultKind.ErrorBefore => "Server error; nothing is processed",
        FaultKind.ErrorAfter => "Server error, though everything is processed",
        FaultKind.LostRequest => "The connection drops before anything is processed",
        FaultKind.LostAnswer => "Everything is processed; the answer is lost",
        FaultKind.Unauthorized => "The key is refused",
        FaultKind.Outage => "A proxy's error page instead of an answer",
        FaultKind.Unprocessed => "The last record of a call is not processed, and the answer says so",
        _ => throw new UnreachableException(),
    };
}
