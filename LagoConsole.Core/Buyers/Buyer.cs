using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LagoConsole.Core.Buyers;

/// <summary>A marketplace customer of the vendor. Outlives integrations: deleting one only takes its link.</summary>
public sealed class Buyer
{
    public required Guid Id { get; init; }

    public required string Name { get; set; }

    public string? Email { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    public int Version { get; set; }
}

internal sealed class BuyerConfiguration : IEntityTypeConfiguration<Buyer>
{
    public void Configure(EntityTypeBuilder<Buyer> builder)
    {
        builder.ToTable("Buyers");
        builder.Property(buyer => buyer.Id).ValueGeneratedNever();
        builder.Property(buyer => buyer.Name).HasMaxLength(200);
        builder.Property(buyer => buyer.Email).HasMaxLength(320);
        builder.Property(buyer => buyer.Version).IsConcurrencyToken();
        builder.HasIndex(buyer => buyer.Name);
    }
}
