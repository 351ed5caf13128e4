using LagoConsole.Core.Buyers;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Products;
using LagoConsole.Core.Security;
using Microsoft.EntityFrameworkCore;

namespace LagoConsole.Core.Fulfilment;

/// <summary>What a person pasted of a buyer's registration.</summary>
public sealed class RegisterPurchase
{
    /// <summary>What was bought: says where the token is resolved.</summary>
    public Guid? ProductId { get; set; }

    /// <summary>AWS's registration token, or Azure's purchase token. Never stored.</summary>
    public string? Token { get; set; }

    /// <summary>Null: the buyer that the marketplace's account belongs to, or a new one.</summary>
    public Guid? BuyerId { get; set; }

    /// <summary>For a new buyer; null where the marketplace's own name will do.</summary>
    public string? BuyerName { get; set; }

    public string? BuyerEmail { get; set; }
}

/// <summary>Enters a purchase by the token that its buyer brought to the vendor's page.</summary>
public sealed class PurchaseTokens(IDbContextFactory<LagoConsoleDbContext> databases, AwsCustomers aws, AzureSubscriptions azure, PurchaseService purchases)
{
    /// <exception cref="ForbiddenException">Needs <see cref="Role.Operator"/>.</exception>
    public async Task<PurchaseOutcome> RegisterAsync(Actor actor, RegisterPurchase input, CancellationToken cancellationToken)
    {
        actor.Require(Role.Operator);
        Product? product;
        await using (LagoConsoleDbContext db = await databases.CreateDbContextAsync(cancellationToken))
        {
            product = await db.Products.AsNoTracking().SingleOrDefaultAsync(row => row.Id == input.ProductId, cancellationToken);
        }

        string? problem = product is null ? "Choose the product that was bought."
            : string.IsNullOrWhiteSpace(input.Token) ? "Paste the token."
            : input.BuyerId is null && Optional(input.BuyerName) is { } name && BuyerChecks.Name(name) is { } badName ? badName
            : BuyerChecks.Email(input.BuyerEmail);
        if (problem is not null)
        {
            return new PurchaseOutcome.NeedsPerson { Sentence = problem };
        }

        PurchaseAnswer answer = product!.Marketplace switch
        {
            Marketplace.Aws => await aws.ResolveAsync(product, input.Token!, cancellationToken),
            Marketplace.Azure => await azure.ResolveAsync(product.Id, input.Token!, cancellationToken),
            Marketplace.Gcp => new PurchaseAnswer.Refused("Google has no token for this: press Synchronise, which reads its purchases."),
            _ => throw new System.Diagnostics.UnreachableException($"No such marketplace: {product.Marketplace}."),
        };
        return answer switch
        {
            PurchaseAnswer.Read read => await purchases.ApplyAsync(
                actor, read.Purchase,
                new PurchaseHints(product.Id, input.BuyerId, Optional(input.BuyerName), Optional(input.BuyerEmail)), "registration token", cancellationToken),
            PurchaseAnswer.NotFound notFound => new PurchaseOutcome.NeedsPerson { Sentence = notFound.Sentence },
            PurchaseAnswer.Refused refused => new PurchaseOutcome.NeedsPerson { Sentence = refused.Sentence },
            PurchaseAnswer.Failed failed => new PurchaseOutcome.NeedsPerson { Sentence = failed.Sentence },
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    private static string? Optional(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
