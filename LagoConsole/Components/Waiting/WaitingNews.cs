namespace LagoConsole.Components.Waiting;

/// <summary>Tells the menu's count that something was decided on this person's page.</summary>
public sealed class WaitingNews
{
    public event EventHandler? Decided;

    public void Tell() => Decided?.Invoke(this, EventArgs.Empty);
}
