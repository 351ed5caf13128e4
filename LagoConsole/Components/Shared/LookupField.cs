using MudBlazor;

namespace LagoConsole.Components.Shared;

/// <summary>
/// A field that finds what is typed in a list that the server has. The list opens when something is typed, by the arrow keys or a click.
/// </summary>
/// <remarks>
/// Not by the focus alone: the server would answer it by selecting what is in the field, which in Chromium takes the focus back to it,
/// and whoever went on with Tab meanwhile would type the next field's text into this one.
/// </remarks>
public sealed class LookupField<T> : MudAutocomplete<T>
{
    public LookupField()
    {
        OpenOnFocus = false;
        SelectOnActivation = false;
        Variant = Variant.Outlined;
        Margin = Margin.Dense;
    }
}
