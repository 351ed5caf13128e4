using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LagoConsole.Core.Security;

/// <summary>
/// One person in one browser, from signing in until that ends. It holds as long as its row is there, has not reached its end, and
/// is used: deleting the row ends it on every node. Its times are real time, as its cookie's are.
/// </summary>
public sealed class SignInSession
{
    public required Guid Id { get; init; }

    public required string Person { get; init; }

    /// <summary>As it was given when the person signed in.</summary>
    public required Role Role { get; init; }

    /// <summary>Where the person signed in from; null where that is not known.</summary>
    public string? Address { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>Its latest end, however much it is used.</summary>
    public required DateTimeOffset EndsAt { get; init; }

    /// <summary>When the person last did something, to the minute.</summary>
    public required DateTimeOffset UsedAt { get; init; }
}

internal sealed class SignInSessionConfiguration : IEntityTypeConfiguration<SignInSession>
{
    public void Configure(EntityTypeBuilder<SignInSession> builder)
    {
        builder.ToTable("SignInSessions");
        builder.Property(session => session.Id).ValueGeneratedNever();
        builder.Property(session => session.Person).HasMaxLength(200);
        builder.Property(session => session.Role).HasConversion<string>().HasMaxLength(20);
        builder.Property(session => session.Address).HasMaxLength(64);
        builder.HasIndex(session => session.Person);
        builder.HasIndex(session => session.EndsAt);
    }
}
