using LagoConsole.Core.Audit;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Products;
using LagoConsole.Core.Security;
using LagoConsole.Core.Time;
using Microsoft.EntityFrameworkCore;

namespace LagoConsole.Core.Buyers;

/// <summary>Enters and edits buyers. Their Lago Customer ID is <see cref="BuyerLinkService"/>'s, because money depends on it.</summary>
public sealed class BuyerService(IDbContextFactory<LagoConsoleDbContext> databases, TimeProvider clock)
{
    /// <exception cref="ForbiddenException">Needs <see cref="Role.Operator"/>.</exception>
    public async Task<BuyerOutcome> CreateAsync(Actor actor, NewBuyer input, CancellationToken cancellationToken)
    {
        actor.Require(Role.Operator);
        if (Check(input.Name, input.Email) is { } refused)
        {
            return refused;
        }

        DateTimeOffset now = clock.GetUtcNow();
        await using LagoConsoleDbContext db = await databases.CreateDbContextAsync(cancellationToken);
        Buyer buyer = Add(db, actor, input.Name!, input.Email, origin: null, now);
        await db.SaveChangesAsync(cancellationToken);
        return new BuyerOutcome.Saved(buyer.Id, $"{buyer.Name} was created. Put the Lago Customer ID on it and enter what it bought.");
    }

    /// <summary>Adds a buyer whose checks have passed to what is about to be saved.</summary>
    /// <param name="origin">Where it comes from; null where a person typed it.</param>
    internal static Buyer Add(LagoConsoleDbContext db, Actor actor, string name, string? email, string? origin, DateTimeOffset now)
    {
        Buyer buyer = new() { Id = NewId.At(now), Name = name.Trim(), Email = Optional(email), CreatedAt = now };
        db.Buyers.Add(buyer);
        db.Audit(now, actor, "Create buyer", nameof(Buyer), buyer.Id, after: Describe(buyer), note: origin);
        return buyer;
    }

    /// <exception cref="ForbiddenException">Needs <see cref="Role.Operator"/>.</exception>
    public async Task<BuyerOutcome> EditAsync(Actor actor, EditBuyer input, CancellationToken cancellationToken)
    {
        actor.Require(Role.Operator);
        if (Check(input.Name, input.Email) is { } refused)
        {
            return refused;
        }

        await using LagoConsoleDbContext db = await databases.CreateDbContextAsync(cancellationToken);
        Buyer buyer = await db.Buyers.SingleAsync(row => row.Id == input.Id, cancellationToken);
        if (buyer.Version != input.SeenVersion)
        {
            return Overtaken;
        }

        string before = Describe(buyer);
        buyer.Name = input.Name!.Trim();
        buyer.Email = Optional(input.Email);
        if (!db.ChangeTracker.HasChanges())
        {
            return new BuyerOutcome.Saved(buyer.Id, "Nothing was different.");
        }

        db.Audit(clock.GetUtcNow(), actor, "Edit buyer", nameof(Buyer), buyer.Id, before, Describe(buyer));
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateConcurrencyException)
        {
            return Overtaken;
        }

        return new BuyerOutcome.Saved(buyer.Id, $"{buyer.Name} was saved.");
    }

    private static BuyerOutcome.ChangedMeanwhile Overtaken { get; } =
        new("Somebody else changed this buyer while you were editing. Nothing was saved; look at it again and repeat your change.");

    private static BuyerOutcome.Refused? Check(string? name, string? email)
    {
        FieldProblems<BuyerField> problems = new();
        problems.Add(BuyerField.Name, BuyerChecks.Name(name));
        problems.Add(BuyerField.Email, BuyerChecks.Email(email));
        return problems.Any ? new BuyerOutcome.Refused(problems.All) : null;
    }

    private static string Describe(Buyer buyer) => buyer.Email is null ? buyer.Name : $"{buyer.Name}, {buyer.Email}";

    private static string? Optional(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
