namespace LagoConsole.Simulation.Threads;

/// <summary>One life of an engine, from its start to its crash. What belongs to a life that ended never goes on.</summary>
internal sealed class Life(string engine)
{
    public string Engine { get; } = engine;

    public bool IsOver { get; private set; }

    /// <summary>How many more steps it takes before it dies; null while nothing kills it.</summary>
    public int? StepsLeft { get; set; }

    /// <summary>Connections that must be closed when it dies, as the operating system does for a killed process.</summary>
    public HashSet<System.Data.Common.DbConnection> Connections { get; } = [];

    public void End()
    {
        IsOver = true;
        foreach (System.Data.Common.DbConnection connection in Connections.ToArray())
        {
            connection.Close(); // an open transaction is rolled back
        }

        Connections.Clear();
    }
}
