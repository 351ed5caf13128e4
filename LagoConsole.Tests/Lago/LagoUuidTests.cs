using LagoConsole.Core.Lago;
using Xunit;

namespace LagoConsole.Tests.Lago;

/// <summary>Ids of Lago are compared as text, whatever they are kept as.</summary>
public sealed class LagoUuidTests
{
    [Theory]
    [InlineData("1a901a90-1a90-1a90-1a90-1a901a901a90")]
    [InlineData("1A901A90-1A90-1A90-1A90-1A901A901A90")] // another text, and so another id
    [InlineData("00000000-0000-0000-0000-000000000000")]
    [InlineData("sub_7")]
    [InlineData("")]
    public void What_comes_out_is_what_went_in(string text) => Assert.Equal(text, new LagoUuid(text).ToString());

    [Fact]
    public void Two_texts_are_one_id_only_where_they_are_the_same()
    {
        Assert.Equal(new LagoUuid("1a901a90-1a90-1a90-1a90-1a901a901a90"), new LagoUuid("1a901a90-1a90-1a90-1a90-1a901a901a90"));
        Assert.NotEqual(new LagoUuid("1a901a90-1a90-1a90-1a90-1a901a901a90"), new LagoUuid("1A901A90-1A90-1A90-1A90-1A901A901A90"));
        Assert.NotEqual(new LagoUuid("00000000-0000-0000-0000-000000000000"), new LagoUuid(""));
    }
}
