using LagoConsole.Simulation.Oracles;

namespace LagoConsole.Simulation.Threads;

/// <summary>One run of a job or one deed of a person: what an engine does from a beginning to an end, in between other flows.</summary>
/// <param name="life">Dies with it.</param>
/// <param name="name">For the world's story.</param>
internal sealed class Flow(Life life, string name)
{
    private static readonly AsyncLocal<Flow?> Ambient = new();

    public Life Life { get; } = life;

    public string Name { get; } = name;

    /// <summary>Whose code is running.</summary>
    public static Flow? Current => Ambient.Value;

    /// <summary>The step of money that is about to be committed; null where no money moves.</summary>
    public string? Step { get; set; }

    /// <summary>What Lago told this flow, and its next commit may store.</summary>
    public Hearing Heard { get; init; } = new(keepsAll: false);

    /// <summary>What a person's deed comes to, once it is committed; told the step that was.</summary>
    public Action<string?>? Deed { get; set; }

    public async Task RunAsync(Func<Task> work)
    {
        Ambient.Value = this;
        await work();
    }
}
