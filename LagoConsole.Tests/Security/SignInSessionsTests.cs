using System.Data.Common;
using LagoConsole.Core.Audit;
using LagoConsole.Core.Persistence;
using LagoConsole.Core.Security;
using LagoConsole.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace LagoConsole.Tests.Security;

public sealed class SignInSessionsTests : IDisposable
{
    private static readonly DateTimeOffset _nine = new(2026, 11, 27, 9, 0, 0, TimeSpan.Zero);
    private static readonly Actor _admin = new("ada", Role.Admin, "192.0.2.44");

    private readonly FakeTimeProvider _clock = new(_nine);
    private readonly WriteFault _fault = new();
    private readonly TestDatabase _database;
    private readonly SignInSessions _here;
    private readonly SignInSessions _otherNode;

    public SignInSessionsTests()
    {
        _database = new TestDatabase(interceptors: _fault);
        (_here, _otherNode) = (Node(), Node());

        SignInSessions Node() => new(_database, _clock) { RealTime = _clock, Idle = TimeSpan.FromMinutes(30) };
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _database.Dispose();

    [Fact]
    public async Task One_that_is_ended_on_one_node_holds_on_none()
    {
        Guid id = await BeginAsync();
        Assert.True(await _otherNode.HoldsAsync(id, isUsed: true, Stop));

        await _here.EndAsync(id, Stop);

        Assert.False(await _otherNode.HoldsAsync(id, isUsed: true, Stop));
        Assert.False(await _here.HoldsAsync(Guid.NewGuid(), isUsed: true, Stop)); // that never was
    }

    [Fact]
    public async Task One_that_is_used_goes_on_until_its_end_and_no_further()
    {
        Guid id = await BeginAsync(hours: 1);
        for (int minute = 0; minute < 60; minute += 20)
        {
            Assert.True(await _here.HoldsAsync(id, isUsed: true, Stop));
            _clock.Advance(TimeSpan.FromMinutes(20));
        }

        Assert.False(await _here.HoldsAsync(id, isUsed: true, Stop));
    }

    [Fact]
    public async Task One_that_nobody_uses_ends_although_its_page_goes_on_asking()
    {
        Guid id = await BeginAsync();
        _clock.Advance(TimeSpan.FromMinutes(29));
        Assert.True(await _here.HoldsAsync(id, isUsed: false, Stop));
        _clock.Advance(TimeSpan.FromMinutes(1));

        Assert.False(await _here.HoldsAsync(id, isUsed: false, Stop));
        Assert.False(await _otherNode.HoldsAsync(id, isUsed: true, Stop)); // too late
    }

    [Fact]
    public async Task A_disk_that_takes_nothing_more_lets_people_look_until_they_have_idled()
    {
        Guid id = await BeginAsync();
        _fault.IsOn = true;
        _clock.Advance(TimeSpan.FromMinutes(29));
        Assert.True(await _here.HoldsAsync(id, isUsed: true, Stop));
        _clock.Advance(TimeSpan.FromMinutes(1));

        Assert.False(await _here.HoldsAsync(id, isUsed: true, Stop));
    }

    [Fact]
    public async Task An_administrator_sees_those_that_hold_and_ends_all_of_one_person()
    {
        await BeginAsync(hours: 1);
        _clock.Advance(TimeSpan.FromMinutes(45)); // it is idle
        Guid first = await BeginAsync();
        Guid second = await BeginAsync();
        Guid another = await BeginAsync("olga@vendor.example");
        Assert.Equal(
            [("olga@vendor.example", Role.Operator, "192.0.2.7", _nine.AddMinutes(45)), ("vera@vendor.example", Role.Operator, "192.0.2.7", _nine.AddMinutes(45)), ("vera@vendor.example", Role.Operator, "192.0.2.7", _nine.AddMinutes(45))],
            (await _here.ListAsync(_admin, Stop)).Select(session => (session.Person, session.Role, session.Address, session.StartedAt)));

        Assert.Equal(3, await _here.EndAllAsync(_admin, "vera@vendor.example", Stop));
        Assert.Equal(0, await _here.EndAllAsync(_admin, "vera@vendor.example", Stop));

        Assert.False(await _otherNode.HoldsAsync(first, isUsed: true, Stop) || await _otherNode.HoldsAsync(second, isUsed: true, Stop));
        Assert.True(await _otherNode.HoldsAsync(another, isUsed: true, Stop));
        await using LagoConsoleDbContext db = _database.CreateDbContext();
        AuditEntry entry = await db.AuditEntries.SingleAsync(Stop);
        Assert.Equal(("ada", "192.0.2.44", "End sign-ins", "vera@vendor.example", "vera@vendor.example: 3 signed in"), (entry.Actor, entry.Address, entry.Action, entry.SubjectId, entry.Before));
    }

    [Theory]
    [InlineData(Role.Viewer)]
    [InlineData(Role.Operator)]
    public async Task Everybody_else_sees_and_ends_their_own(Role role)
    {
        Guid id = await BeginAsync();
        Guid own = await BeginAsync("olga@vendor.example");
        Actor person = new("olga@vendor.example", role);

        Assert.Equal([own], (await _here.ListAsync(person, Stop)).Select(session => session.Id));
        await Assert.ThrowsAsync<ForbiddenException>(() => _here.EndAllAsync(person, "vera@vendor.example", Stop));
        Assert.Equal(1, await _here.EndAllAsync(person, "olga@vendor.example", Stop));

        Assert.True(await _here.HoldsAsync(id, isUsed: true, Stop));
        Assert.False(await _here.HoldsAsync(own, isUsed: true, Stop));
    }

    [Fact]
    public async Task What_is_over_is_forgotten_when_the_next_person_signs_in()
    {
        await BeginAsync(hours: 1);
        _clock.Advance(TimeSpan.FromHours(1));

        Guid id = await BeginAsync();

        await using LagoConsoleDbContext db = _database.CreateDbContext();
        Assert.Equal(id, (await db.SignInSessions.SingleAsync(Stop)).Id);
    }

    private Task<Guid> BeginAsync(string person = "vera@vendor.example", int hours = 8) =>
        _here.BeginAsync(person, Role.Operator, "192.0.2.7", _clock.GetUtcNow().AddHours(hours), Stop);

    private sealed class WriteFault : DbCommandInterceptor
    {
        public bool IsOn { get; set; }

        public override ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(
            DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default) =>
            IsOn ? throw new Microsoft.Data.Sqlite.SqliteException("database or disk is full", 13) : ValueTask.FromResult(result);
    }
}
