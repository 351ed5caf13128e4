using Microsoft.Extensions.DependencyInjection;

namespace LagoConsole.Core.Books;

/// <summary>Registers what checks the books and shows them.</summary>
public static class BooksRegistration
{
    public static IServiceCollection AddBooks(this IServiceCollection services) => services
        .AddSingleton<BooksAuditor>().AddSingleton<BooksChecks>().AddSingleton<BooksQueries>();
}
