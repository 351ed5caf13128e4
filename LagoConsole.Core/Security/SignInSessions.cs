using System.Data.Common;
using System.Globalization;
using LagoConsole.Core.Audit;
using LagoConsole.Core.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace LagoConsole.Core.Security;

/// <summary>
/// The sign-ins that hold, for all nodes. A cookie alone opens nothing: so a copy of one is worth nothing after its person has
/// signed out, nobody's page stays open for whoever passes by, and an administrator can end what somebody else has left open.
/// </summary>
public sealed class SignInSessions(IDbContextFactory<LagoConsoleDbContext> contexts, TimeProvider clock)
{
    private static readonly TimeSpan _noted = TimeSpan.FromMinutes(1);

    /// <summary>How long a sign-in holds that nobody uses. Default: 1 hour.</summary>
    public TimeSpan Idle { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Sign-ins live by it, as cookies do. The console's clock, which audits, can be moved forward in Development.</summary>
    internal TimeProvider RealTime { get; init; } = TimeProvider.System;

    /// <summary>A person has signed in. What is over by itself is forgotten on this occasion.</summary>
    /// <returns>The session's id, for the cookie.</returns>
    public async Task<Guid> BeginAsync(string person, Role role, string? address, DateTimeOffset endsAt, CancellationToken cancellationToken)
    {
        DateTimeOffset now = RealTime.GetUtcNow();
        SignInSession session = new() { Id = Guid.NewGuid(), Person = person, Role = role, Address = address, StartedAt = now, EndsAt = endsAt, UsedAt = now };
        await using LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken);
        db.SignInSessions.Add(session);
        await db.SaveChangesAsync(cancellationToken);
        await db.SignInSessions.Where(old => old.EndsAt <= now).ExecuteDeleteAsync(cancellationToken);
        return session.Id;
    }

    /// <summary>Whether the session holds.</summary>
    /// <param name="isUsed">The person is doing something; false where a page asks by itself.</param>
    public async Task<bool> HoldsAsync(Guid id, bool isUsed, CancellationToken cancellationToken)
    {
        DateTimeOffset now = RealTime.GetUtcNow();
        await using LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken);
        var session = await db.SignInSessions.Where(row => row.Id == id).Select(row => new { row.EndsAt, row.UsedAt }).SingleOrDefaultAsync(cancellationToken);
        if (session is null || now >= session.EndsAt || now >= session.UsedAt + Idle)
        {
            return false;
        }

        if (isUsed && now >= session.UsedAt + _noted)
        {
            try
            {
                await db.SignInSessions.Where(row => row.Id == id && row.UsedAt < now)
                    .ExecuteUpdateAsync(change => change.SetProperty(row => row.UsedAt, now), cancellationToken);
            }
            catch (Exception exception) when (exception is DbException or RetryLimitExceededException)
            {
                // A full disk: people can still look at what is wrong, until the use that was noted last is too long ago.
            }
        }

        return true;
    }

    /// <summary>The person has signed out.</summary>
    public async Task EndAsync(Guid id, CancellationToken cancellationToken)
    {
        await using LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken);
        await db.SignInSessions.Where(row => row.Id == id).ExecuteDeleteAsync(cancellationToken);
    }

    /// <summary>The person's own sessions that hold; for an administrator everybody's, by person.</summary>
    /// <exception cref="ForbiddenException">The actor has no role.</exception>
    public async Task<IReadOnlyList<SignInSession>> ListAsync(Actor actor, CancellationToken cancellationToken)
    {
        actor.Require(Role.Viewer);
        bool seesAll = actor.Can(Role.Admin);
        DateTimeOffset now = RealTime.GetUtcNow();
        DateTimeOffset usedAfter = now - Idle;
        await using LagoConsoleDbContext db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.SignInSessions.AsNoTracking()
            .Where(row => row.EndsAt > now && row.UsedAt > usedAfter && (seesAll || row.Person == actor.Name))
            .OrderBy(row => row.Person).ThenBy(row => row.StartedAt)
            .ToListAsync(cancellationToken);
    }

    /// <summary>Ends all sessions of a person, in every browser: for a role that was taken away, or a machine that was lost.</summary>
    /// <returns>How many there were.</returns>
    /// <exception cref="ForbiddenException">The actor is neither the person nor an administrator.</exception>
    public Task<int> EndAllAsync(Actor actor, string person, CancellationToken cancellationToken)
    {
        actor.Require(person == actor.Name ? Role.Viewer : Role.Admin);
        return MoneyTransaction.RunAsync(
            contexts,
            async db =>
            {
                List<SignInSession> sessions = await db.SignInSessions.Where(row => row.Person == person).ToListAsync(cancellationToken);
                if (sessions.Count > 0)
                {
                    db.SignInSessions.RemoveRange(sessions);
                    db.Audit(
                        clock.GetUtcNow(), actor, "End sign-ins", "Person", person.Length <= 100 ? person : person[..100],
                        before: string.Create(CultureInfo.InvariantCulture, $"{person}: {sessions.Count} signed in"));
                }

                return sessions.Count;
            },
            cancellationToken);
    }
}
