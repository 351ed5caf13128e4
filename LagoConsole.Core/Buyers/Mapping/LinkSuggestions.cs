namespace LagoConsole.Core.Buyers.Mapping;

/// <summary>What a buyer and a Lago customer have in common, the surest first.</summary>
public enum Likeness
{
    /// <summary>The Lago Customer ID is the buyer's id at its marketplace, or in this console.</summary>
    Id = 1,

    Email = 2,

    Name = 3,
}

/// <summary>A buyer without a Lago Customer ID.</summary>
/// <param name="Ids">What it is known by: here, and at the marketplaces.</param>
public sealed record UnlinkedBuyer(Guid Id, string Name, string? Email, IReadOnlyList<string> Ids);

/// <summary>A customer as Lago lists it.</summary>
/// <param name="LagoCustomerId">Lago's <c>external_id</c>, exact case.</param>
/// <param name="Names">Its name, legal name and person's name, as far as there are any.</param>
public sealed record SeenCustomer(string LagoCustomerId, IReadOnlyList<string> Names, string? Email)
{
    public string? Name => Names.Count == 0 ? null : Names[0];
}

/// <summary>One buyer and one Lago customer that no other buyer and no other customer is as like.</summary>
public sealed record LinkSuggestion(UnlinkedBuyer Buyer, SeenCustomer Customer, Likeness By);

/// <summary>Buyers and Lago customers that are alike in more than one way: only a person can tell which is which.</summary>
public sealed record LinkDoubt(IReadOnlyList<UnlinkedBuyer> Buyers, IReadOnlyList<SeenCustomer> Customers, Likeness By);

/// <summary>What is alike among the buyers and the customers without each other.</summary>
public sealed record LinkMatches(IReadOnlyList<LinkSuggestion> Suggestions, IReadOnlyList<LinkDoubt> Doubts);

/// <summary>
/// Finds which Lago customer a buyer probably is: by the same id, else the same e-mail address, else the same name. Spaces around
/// and case make no difference. A weaker likeness decides only among those that a surer one has left; what none can decide is a doubt. Pure.
/// </summary>
public static class LinkSuggestions
{
    /// <summary>What more of them share, such as a department's address, tells none apart.</summary>
    private const int MostAlike = 20;

    /// <param name="buyers">Without a Lago Customer ID.</param>
    /// <param name="customers">Without a buyer, of one Lago.</param>
    public static LinkMatches Match(IReadOnlyList<UnlinkedBuyer> buyers, IReadOnlyList<SeenCustomer> customers)
    {
        List<LinkSuggestion> suggestions = [];
        HashSet<UnlinkedBuyer> openBuyers = [.. buyers];
        HashSet<SeenCustomer> openCustomers = [.. customers];
        Dictionary<object, Tie> ties = []; // of buyers and of customers: those that the surest likeness has left
        foreach (Likeness likeness in Enum.GetValues<Likeness>())
        {
            ILookup<string, UnlinkedBuyer> buyersOf = Index(openBuyers, buyer => Keys(buyer, likeness));
            ILookup<string, SeenCustomer> customersOf = Index(openCustomers, customer => Keys(customer, likeness));
            List<(UnlinkedBuyer Buyer, SeenCustomer Customer)> pairs = [.. buyersOf
                .Where(alike => alike.Count() <= MostAlike && customersOf[alike.Key].Count() <= MostAlike)
                .SelectMany(alike => alike.SelectMany(buyer => customersOf[alike.Key], (buyer, customer) => (buyer, customer)))
                .Where(pair => Leaves(pair.buyer, pair.customer) && Leaves(pair.customer, pair.buyer))
                .Distinct()];
            ILookup<UnlinkedBuyer, SeenCustomer> ofBuyer = pairs.ToLookup(pair => pair.Buyer, pair => pair.Customer);
            ILookup<SeenCustomer, UnlinkedBuyer> ofCustomer = pairs.ToLookup(pair => pair.Customer, pair => pair.Buyer);
            foreach ((UnlinkedBuyer buyer, SeenCustomer customer) in pairs)
            {
                if (ofBuyer[buyer].Skip(1).Any() || ofCustomer[customer].Skip(1).Any())
                {
                    ties.TryAdd(buyer, new Tie(likeness, [.. ofBuyer[buyer]]));
                    ties.TryAdd(customer, new Tie(likeness, [.. ofCustomer[customer]]));
                    continue;
                }

                suggestions.Add(new LinkSuggestion(buyer, customer, likeness));
                openBuyers.Remove(buyer);
                openCustomers.Remove(customer);
            }
        }

        HashSet<object> open = [.. openBuyers, .. openCustomers];
        return new LinkMatches(
            [.. suggestions.OrderBy(suggestion => suggestion.By).ThenBy(suggestion => suggestion.Buyer.Name, StringComparer.Ordinal)],
            Doubts([.. buyers.Where(openBuyers.Contains)], ties, open));

        bool Leaves(object one, object other) => !ties.TryGetValue(one, out Tie? tie) || tie.With.Contains(other);
    }

    /// <summary>Those that are tied to each other, directly or through others.</summary>
    /// <param name="open">Buyers and customers that no likeness has told apart.</param>
    private static List<LinkDoubt> Doubts(List<UnlinkedBuyer> buyers, Dictionary<object, Tie> ties, HashSet<object> open)
    {
        List<LinkDoubt> doubts = [];
        HashSet<object> seen = [];
        foreach (UnlinkedBuyer first in buyers.Where(buyer => ties.ContainsKey(buyer)))
        {
            List<object> together = [];
            Queue<object> next = new([first]);
            while (next.TryDequeue(out object? one))
            {
                if (!seen.Add(one))
                {
                    continue;
                }

                together.Add(one);
                foreach (object other in ties.TryGetValue(one, out Tie? tie) ? tie.With.Where(open.Contains) : [])
                {
                    next.Enqueue(other);
                }
            }

            if (together.Exists(one => one is SeenCustomer))
            {
                doubts.Add(new LinkDoubt([.. together.OfType<UnlinkedBuyer>()], [.. together.OfType<SeenCustomer>()], ties[first].By));
            }
        }

        return doubts;
    }

    private static ILookup<string, T> Index<T>(IEnumerable<T> all, Func<T, IEnumerable<string>> keys) =>
        all.SelectMany(keys, (one, key) => (One: one, Key: key)).ToLookup(pair => pair.Key, pair => pair.One, StringComparer.Ordinal);

    private static IEnumerable<string> Keys(UnlinkedBuyer buyer, Likeness likeness) => likeness switch
    {
        Likeness.Id => Keys(buyer.Ids),
        Likeness.Email => Keys([buyer.Email]),
        Likeness.Name => Keys([buyer.Name]),
        _ => throw new ArgumentOutOfRangeException(nameof(likeness), likeness, "Not a likeness."),
    };

    private static IEnumerable<string> Keys(SeenCustomer customer, Likeness likeness) => likeness switch
    {
        Likeness.Id => Keys([customer.LagoCustomerId]),
        Likeness.Email => Keys([customer.Email]),
        Likeness.Name => Keys(customer.Names),
        _ => throw new ArgumentOutOfRangeException(nameof(likeness), likeness, "Not a likeness."),
    };

    private static IEnumerable<string> Keys(IEnumerable<string?> texts) => texts
        .Select(text => string.Join(' ', (text ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).ToUpperInvariant())
        .Where(key => key.Length > 0).Distinct(StringComparer.Ordinal);

    /// <param name="With">Whom it is as like as can be.</param>
    private sealed record Tie(Likeness By, IReadOnlyList<object> With);
}
