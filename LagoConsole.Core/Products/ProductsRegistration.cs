using LagoConsole.Core.Conversion;
using Microsoft.Extensions.DependencyInjection;

namespace LagoConsole.Core.Products;

/// <summary>Products with their dimensions, prices and conversions.</summary>
public static class ProductsRegistration
{
    public static IServiceCollection AddProducts(this IServiceCollection services) => services
        .AddSingleton<ProductService>()
        .AddSingleton<ProductQueries>()
        .AddSingleton<ConversionService>()
        .AddSingleton<SourceMetrics>();
}
