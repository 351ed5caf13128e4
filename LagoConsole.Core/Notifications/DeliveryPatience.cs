namespace LagoConsole.Core.Notifications;

/// <summary>When a message that was not taken is sent again. Pure.</summary>
public static class DeliveryPatience
{
    /// <summary>After that it is given up: what is a day old is read on the page, not in a channel.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromHours(24);

    private static readonly TimeSpan LongestRest = TimeSpan.FromHours(1);

    /// <summary>A minute, twice as long after each attempt, an hour at most. Null when it is given up; a test is told to who waits for it.</summary>
    /// <param name="attempts">Attempts made so far, 1 or more.</param>
    public static DateTimeOffset? Next(MessageEvent message, DateTimeOffset createdAt, int attempts, DateTimeOffset now)
    {
        if (message == MessageEvent.Test || now - createdAt >= Longest)
        {
            return null;
        }

        TimeSpan rest = attempts > 6 ? LongestRest : TimeSpan.FromMinutes(1 << (attempts - 1));
        return now + (rest < LongestRest ? rest : LongestRest);
    }
}
