using LagoConsole.Simulation.Oracles;
using Xunit;

namespace LagoConsole.Tests.Simulation;

/// <summary>What the oracle keeps of one key: too much of it would blame engines that are right, too little would miss those that are wrong.</summary>
public sealed class KeyBookTests
{
    private const long Jump = 50_000_000;

    private static readonly DateTimeOffset From = new(2026, 5, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly KeyBook _key = new PeriodBook("lago-1", "sub-1", "cus_1", number: 1, From, From.AddMonths(1)).Key("gb", "USD");

    [Fact]
    public void R15_A_held_jump_that_a_person_saw_taken_back_need_not_be_accounted_for()
    {
        _key.Store(1_160_000_000, [], Jump);
        Assert.Equal(1_160_000_000, _key.HeldMinor);

        _key.See(300, []); // saving a Lago Customer ID stored what the page showed; polls that show the same store nothing

        Assert.Equal(300, _key.LastPolled);
    }

    [Theory]
    [InlineData(true, 2_600, 2_600)] // an engine held all of it for the older one's close, and gave it up with the period
    [InlineData(true, 0, 0)] // or had counted it before
    [InlineData(true, 9_000, 2_600)] // never more than is open
    [InlineData(false, 2_600, 0)] // a key that follows none had no reason to be held
    public void R7_T7_Of_a_period_given_up_a_key_that_follows_another_may_be_given_up_whole(bool follows, long written, long waived)
    {
        _key.Store(2_600, [], Jump);
        long growth = _key.StoreFinal(2_600, Jump);

        _key.GiveUpClosed(growth, follows, written, _key.Open(onRecords: 0));

        Assert.Equal(waived, _key.Waived);
    }

    [Theory]
    [InlineData(2_400, 2_400)] // the older one's close told that it had counted none of it
    [InlineData(1_900, 1_900)] // or 500
    [InlineData(0, 0)] // or has told nothing yet
    [InlineData(3_000, 2_400)] // never more than was shown to the person
    public void R16_T7_What_a_person_gives_up_of_a_key_that_an_engine_holds_for_another_may_be_written_later(long written, long givenUp)
    {
        _key.Store(2_400, [], Jump);

        _key.GiveUpAwaited(2_400);
        _key.Store(3_200, [], Jump);

        Assert.Equal(0, _key.Waived);
        Assert.Equal(givenUp, _key.GivenUp(written));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(38_145, 38_145)] // a record made after the backup: what is written off then stays billed
    [InlineData(50_000, 38_181)] // never more than was given up
    public void R20_What_is_given_up_after_a_restore_may_be_billed_already(long billedByLost, long stays)
    {
        _key.Store(38_181, [], Jump);

        _key.Waive(38_181, billedByLost);
        _key.Waive(0, billedByLost);

        Assert.Equal(38_181, _key.Waived);
        Assert.Equal(stays, _key.WaivedThoughBilled);
    }

    [Fact]
    public void Growth_that_only_a_person_saw_counts_when_a_poll_shows_it()
    {
        _key.Store(1_000, [], Jump);

        _key.See(1_500, []);
        Assert.Equal(1_000, _key.LastPolled);

        _key.Store(1_500, [], Jump);
        Assert.Equal(1_500, _key.LastPolled);
    }
}
