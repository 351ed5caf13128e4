using Microsoft.AspNetCore.Components;

namespace LagoConsole.Components.Shared;

/// <summary>Keeps a list and its address the same, whichever of them changes.</summary>
public sealed class AddressedList(NavigationManager navigation)
{
    /// <summary>Addresses that were asked for here and have not come back yet: a person types faster than a browser answers.</summary>
    private readonly Queue<ListAddress> _asked = new();

    private ListAddress _address = ListAddress.Default;

    public ListAddress Shown { get; private set; } = ListAddress.Default;

    /// <summary>A person changed the list: the address follows. The page loads what is shown now.</summary>
    public void Show(ListAddress next)
    {
        if (next == Shown)
        {
            return;
        }

        Shown = next;
        _asked.Enqueue(next);
        navigation.NavigateTo(navigation.GetUriWithQueryParameters(next.Query()), replace: true);
    }

    /// <summary>The page was given this address.</summary>
    /// <returns>Whether the list follows it, so that it must be loaded.</returns>
    public bool Follow(ListAddress address)
    {
        if (address == _address)
        {
            return false;
        }

        _address = address;
        if (_asked.Contains(address))
        {
            while (_asked.Dequeue() != address)
            {
                // What was overtaken does not come any more, or is not wanted when it does.
            }

            return false;
        }

        _asked.Clear();
        bool differs = address != Shown;
        Shown = address;
        return differs;
    }
}
