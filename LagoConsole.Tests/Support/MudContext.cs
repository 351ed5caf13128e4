using AngleSharp.Dom;
using Bunit;
using Bunit.TestDoubles;
using LagoConsole.Core.Security;
using LagoConsole.SignIn;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;
using MudBlazor.Services;

namespace LagoConsole.Tests.Support;

/// <summary>
/// A browser page without a browser: MudBlazor's services and providers are there, and what a test does, it does
/// through the labels and texts that a user sees.
/// </summary>
/// <remarks>
/// Register services in the constructor. The providers are rendered at the first use of <see cref="Show{TComponent}"/>
/// or <see cref="OpenAsync{TDialog}"/>; from then on no service can be added.
/// </remarks>
public abstract class MudContext : BunitContext
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(5);
    private readonly List<Task> _handlers = [];
    private IRenderedComponent<MudPopoverProvider>? _popovers;
    private IRenderedComponent<MudDialogProvider>? _dialogs;
    private IRenderedComponent<MudSnackbarProvider>? _snackbars;

    protected MudContext()
    {
        JSInterop.Mode = JSRuntimeMode.Loose;
        Services.AddMudServices(options => options.SnackbarConfiguration.ShowTransitionDuration = 0);
    }

    /// <summary>Signs a person in for every component of this test. Before the first render.</summary>
    protected void SignIn(string name = "ada@vendor.example", Role role = Role.Admin)
    {
        this.AddAuthorization().SetAuthorized(name).SetRoles(role.ToString());
        Services.AddScoped<CurrentActor>();
    }

    /// <summary>The open dialogs.</summary>
    public IRenderedComponent<MudDialogProvider> Dialogs
    {
        get
        {
            RenderProviders();
            return _dialogs!;
        }
    }

    /// <summary>Open menus, selects and pickers.</summary>
    public IRenderedComponent<MudPopoverProvider> Popovers
    {
        get
        {
            RenderProviders();
            return _popovers!;
        }
    }

    /// <summary>Messages that come and go.</summary>
    public IRenderedComponent<MudSnackbarProvider> Snackbars
    {
        get
        {
            RenderProviders();
            return _snackbars!;
        }
    }

    /// <summary>The page last shown with <see cref="Show{TComponent}"/>.</summary>
    protected IRenderedComponent<IComponent>? Page { get; private set; }

    /// <summary>Renders a page or component below the providers.</summary>
    protected IRenderedComponent<TComponent> Show<TComponent>(Action<ComponentParameterCollectionBuilder<TComponent>>? parameters = null)
        where TComponent : IComponent
    {
        RenderProviders();
        IRenderedComponent<TComponent> page = Render<TComponent>(parameters);
        Page = (IRenderedComponent<IComponent>)page;
        return page;
    }

    /// <summary>Opens a dialog and returns once it is on the screen; its <c>Result</c> completes when it closes.</summary>
    protected async Task<IDialogReference> OpenAsync<TDialog>(DialogParameters<TDialog>? parameters = null, string title = "Dialog")
        where TDialog : IComponent =>
        await Dialogs.InvokeAsync(() => Services.GetRequiredService<IDialogService>()
            .ShowAsync<TDialog>(title, parameters ?? []));

    /// <summary>
    /// Presses the button, link, tab or menu item with this text or aria-label; in an open dialog or menu first, then on
    /// the page. Returns when its handler is done, or when the handler has opened a dialog and waits for its answer.
    /// </summary>
    /// <exception cref="InvalidOperationException">Nothing enabled has this text; what could be pressed is listed.</exception>
    protected async Task PressAsync(string text)
    {
        IElement element = Find(text);
        int dialogsBefore = OpenDialogs;
        Task handler = element.ClickAsync();
        _handlers.Add(handler);
        await WaitAsync(() => handler.IsCompleted || OpenDialogs > dialogsBefore, $"the handler of \"{text}\" to finish");
        if (handler.IsCompleted)
        {
            await handler;
        }
    }

    /// <summary>Waits for every handler that <see cref="PressAsync"/> left waiting for a dialog; call it after the answer.</summary>
    protected async Task HandledAsync()
    {
        await Task.WhenAll(_handlers).WaitAsync(_patience, TimeProvider.System);
        _handlers.Clear();
    }

    /// <summary>Waits until a condition holds; renders happen meanwhile.</summary>
    protected static async Task WaitAsync(Func<bool> condition, string what)
    {
        long start = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            if (TimeProvider.System.GetElapsedTime(start) > _patience)
            {
                throw new TimeoutException($"Waited {_patience.TotalSeconds} s for {what}.");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        }
    }

    /// <summary>Types into the input with this label and leaves it, in an open dialog first, then on the page.</summary>
    protected async Task TypeAsync(string label, string value)
    {
        // A field listens to each key, or to being left.
        IElement field = Field(label);
        await (field.HasAttribute("blazor:oninput") ? field.InputAsync(value) : field.ChangeAsync(value));
        field = Field(label);
        if (field.HasAttribute("blazor:onblur"))
        {
            await field.BlurAsync();
        }
    }

    /// <summary>The input, select or switch that the label with this text names.</summary>
    protected IElement Field(string label)
    {
        foreach (IRenderedComponent<IComponent> root in Roots())
        {
            foreach (IElement element in root.FindAll("label"))
            {
                if (Visible(element).TrimEnd('*', ' ') != label)
                {
                    continue;
                }

                IElement? field = element.GetAttribute("for") is { Length: > 0 } id
                    ? root.FindAll("input, textarea, select, [role=combobox]").FirstOrDefault(candidate => candidate.Id == id)
                    : null;
                field ??= element.QuerySelector("input, textarea, select");
                if (field is not null)
                {
                    return field;
                }
            }

            if (root.FindAll("input, textarea, select").FirstOrDefault(candidate => candidate.GetAttribute("aria-label") == label) is { } labelled)
            {
                return labelled;
            }
        }

        throw new InvalidOperationException($"No field is labelled \"{label}\". Shown:\n{string.Join('\n', Roots().Select(root => root.Markup))}");
    }

    /// <summary>What can be pressed and carries this text or aria-label.</summary>
    protected IElement Find(string text)
    {
        List<IElement> all = [.. Roots().SelectMany(root => root.FindAll("button, a, [role=menuitem], [role=tab], [role=option], .mud-menu-item, .mud-list-item"))];
        return all.Find(element => (Visible(element) == text || element.GetAttribute("aria-label") == text) && !element.HasAttribute("disabled"))
            ?? throw new InvalidOperationException(
                $"Nothing that can be pressed reads \"{text}\". There is: {string.Join(", ", all.Select(element => $"\"{Visible(element)}\"{(element.HasAttribute("disabled") ? " (disabled)" : "")}"))}.");
    }

    private static string Visible(IElement element) => string.Join(' ', element.TextContent.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private int OpenDialogs => Dialogs.FindAll(".mud-dialog").Count;

    /// <summary>Where a user would look first: what lies on top.</summary>
    private IEnumerable<IRenderedComponent<IComponent>> Roots() =>
        Page is null ? [Popovers, Dialogs, Snackbars] : [Popovers, Dialogs, Page, Snackbars];

    private void RenderProviders()
    {
        _popovers ??= Render<MudPopoverProvider>();
        _dialogs ??= Render<MudDialogProvider>();
        _snackbars ??= Render<MudSnackbarProvider>();
    }
}
