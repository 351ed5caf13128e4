using LagoConsole.Core.Reporting.Limits;
using Xunit;

namespace LagoConsole.Tests.Reporting.Limits;

public sealed class CircuitTests
{
    private static readonly DateTimeOffset Noon = new(2026, 8, 20, 13, 5, 0, TimeSpan.Zero);

    [Fact]
    public void Three_failures_in_a_row_open_it_and_an_answer_between_them_does_not()
    {
        Circuit two = Failed(Failed(Circuit.Closed));
        Assert.False(two.IsOpen);

        Circuit answered = Failed(Failed(two.After(CallHealth.Answered, false, Noon, Noon, null, 0)));
        Assert.False(answered.IsOpen);

        Circuit three = Failed(two);
        Assert.True(three.IsOpen);
        Assert.Equal((3, Noon, "no answer"), (three.Failures, three.FailingSince, three.LastFailure));
    }

    [Theory]
    [InlineData(0, 0, 15)] // between half and all of 30 seconds
    [InlineData(0, 0.5, 22.5)]
    [InlineData(1, 0, 30)]
    [InlineData(2, 0, 60)]
    [InlineData(3, 0.5, 180)]
    [InlineData(4, 0.5, 225)] // five minutes are the most
    [InlineData(500, 0.5, 225)]
    public void It_rests_up_to_twice_as_long_after_each_try_that_failed(int failedTries, double sample, double seconds)
    {
        Circuit circuit = Open();
        for (int tries = 0; tries < failedTries; tries++)
        {
            circuit = circuit.After(CallHealth.Failed, isProbe: true, Noon, Noon, "no answer", sample);
        }

        circuit = failedTries == 0 ? Failed(Failed(Circuit.Closed)).After(CallHealth.Failed, false, Noon, Noon, "no answer", sample) : circuit;
        Assert.Equal(Noon.AddSeconds(seconds), circuit.RestsUntil);
        Assert.Equal(Noon, circuit.FailingSince);
    }

    [Theory]
    [InlineData(-1, true)]
    [InlineData(14, true)]
    [InlineData(15, false)] // its end is excluded
    [InlineData(100_000, false)]
    [InlineData(-286, false)] // the clock was put back: no rest is as long as 301 seconds
    public void No_call_begins_while_it_rests(int secondsAfter, bool rests)
    {
        Assert.Equal(rests, Open().Rests(Noon.AddSeconds(secondsAfter)));
        Assert.False(Circuit.Closed.Rests(Noon));
    }

    [Theory]
    [InlineData(CallHealth.Answered)]
    [InlineData(CallHealth.Throttled)] // who asks for less is there
    public void Any_answer_closes_it(CallHealth health) => Assert.Equal(Circuit.Closed, Open().After(health, isProbe: false, Noon, Noon, null, 0));

    [Fact]
    public void A_call_that_had_begun_before_it_opened_or_was_never_made_changes_nothing()
    {
        Circuit open = Open();

        Assert.Equal(open, open.After(CallHealth.Failed, isProbe: false, Noon, Noon.AddSeconds(20), "late", 0));
        Assert.Equal(open, open.After(CallHealth.NotMade, isProbe: true, Noon, Noon.AddSeconds(20), null, 0));
    }

    private static Circuit Open() => Failed(Failed(Failed(Circuit.Closed)));

    private static Circuit Failed(Circuit circuit) => circuit.After(CallHealth.Failed, isProbe: false, Noon, Noon, "no answer", sample: 0);
}
