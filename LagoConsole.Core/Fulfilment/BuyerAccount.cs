using LagoConsole.Core.Buyers;
using LagoConsole.Core.Products;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LagoConsole.Core.Fulfilment;

/// <summary>What a marketplace knows a buyer by: how its next purchase finds it.</summary>
public sealed class BuyerAccount
{
    public required Guid Id { get; init; }

    public required Guid BuyerId { get; init; }

    public required Marketplace Marketplace { get; init; }

    /// <summary>AWS's account, the tenant of Azure's beneficiary, Google's procurement account.</summary>
    public required string AccountId { get; init; }
}

internal sealed class BuyerAccountConfiguration : IEntityTypeConfiguration<BuyerAccount>
{
    public void Configure(EntityTypeBuilder<BuyerAccount> builder)
    {
        builder.ToTable("BuyerAccounts");
        builder.Property(account => account.Id).ValueGeneratedNever();
        builder.Property(account => account.Marketplace).HasConversion<string>().HasMaxLength(20);
        builder.Property(account => account.AccountId).HasMaxLength(255);
        builder.HasIndex(account => new { account.Marketplace, account.AccountId }).IsUnique();
        builder.HasOne<Buyer>().WithMany().HasForeignKey(account => account.BuyerId).OnDelete(DeleteBehavior.Restrict);
    }
}
