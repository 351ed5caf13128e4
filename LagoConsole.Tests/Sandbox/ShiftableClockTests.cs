using LagoConsole.Core.Time;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Quartz;
using Xunit;

namespace LagoConsole.Tests.Sandbox;

public sealed class ShiftableClockTests : IDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 8, 20, 12, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider _real = new(Noon);
    private readonly string _file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName(), "clock");

    [Fact]
    public void Time_moves_forward_by_what_is_asked()
    {
        ShiftableClock clock = new(offsetFile: null, _real);

        Assert.Equal(Noon.AddHours(3), clock.MoveForward(TimeSpan.FromHours(3)));
        _real.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(new DateTimeOffset(2026, 8, 20, 15, 1, 0, TimeSpan.Zero), clock.GetUtcNow());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void Time_never_moves_backwards(int hours)
    {
        ShiftableClock clock = new(offsetFile: null, _real);

        Assert.Throws<ArgumentOutOfRangeException>(() => clock.MoveForward(TimeSpan.FromHours(hours)));
        Assert.Equal(Noon, clock.GetUtcNow());
    }

    [Fact]
    public void The_offset_outlives_the_process()
    {
        new ShiftableClock(_file, _real).MoveForward(TimeSpan.FromHours(1));
        new ShiftableClock(_file, _real).MoveForward(TimeSpan.FromDays(30));

        Assert.Equal(TimeSpan.FromHours((30 * 24) + 1), new ShiftableClock(_file, _real).Offset);
        Assert.Equal("30.01:00:00", File.ReadAllText(_file));
    }

    [Fact]
    public void A_damaged_offset_stops_the_start()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_file)!);
        File.WriteAllText(_file, "-1.00:00:00");

        Assert.Throws<InvalidDataException>(() => new ShiftableClock(_file, _real));
    }

    [Fact]
    public void A_timer_waits_for_virtual_time_and_a_jump_past_it_fires_it()
    {
        ShiftableClock clock = new(offsetFile: null, _real);
        int fired = 0;
        using ITimer timer = clock.CreateTimer(_ => fired++, state: null, TimeSpan.FromHours(1), Timeout.InfiniteTimeSpan);

        clock.MoveForward(TimeSpan.FromMinutes(59));
        _real.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(0, fired);

        clock.MoveForward(TimeSpan.FromMinutes(1));
        _real.Advance(TimeSpan.FromMilliseconds(1)); // the fake fires when it is moved; a real timer of no wait fires at once
        Assert.Equal(1, fired);

        clock.MoveForward(TimeSpan.FromDays(1));
        _real.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(1, fired);
    }

    [Fact]
    public void A_periodic_timer_that_was_jumped_over_fires_once_and_goes_on()
    {
        ShiftableClock clock = new(offsetFile: null, _real);
        int fired = 0;
        using ITimer timer = clock.CreateTimer(_ => fired++, state: null, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1));

        clock.MoveForward(TimeSpan.FromHours(5));
        _real.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(1, fired);

        _real.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(2, fired);
    }

    [Fact]
    public void A_wait_longer_than_a_system_timer_takes_is_made_of_several()
    {
        ShiftableClock clock = new(offsetFile: null, _real);
        int fired = 0;
        using ITimer timer = clock.CreateTimer(_ => fired++, state: null, TimeSpan.FromDays(60), Timeout.InfiniteTimeSpan);

        for (int day = 1; day <= 59; day++)
        {
            _real.Advance(TimeSpan.FromDays(1));
        }

        Assert.Equal(0, fired);
        _real.Advance(TimeSpan.FromDays(1) + TimeSpan.FromMilliseconds(1));
        Assert.Equal(1, fired);
    }

    [Fact]
    public void A_disposed_timer_stays_silent()
    {
        ShiftableClock clock = new(offsetFile: null, _real);
        int fired = 0;
        ITimer timer = clock.CreateTimer(_ => fired++, state: null, TimeSpan.FromMinutes(1), Timeout.InfiniteTimeSpan);
        timer.Dispose();

        clock.MoveForward(TimeSpan.FromHours(1));
        _real.Advance(TimeSpan.FromHours(1));

        Assert.Equal(0, fired);
        Assert.False(timer.Change(TimeSpan.Zero, Timeout.InfiniteTimeSpan));
    }

    [Fact]
    public async Task A_delay_of_a_day_ends_within_real_seconds_after_a_jump()
    {
        ShiftableClock clock = new();
        Task day = Task.Delay(TimeSpan.FromDays(1), clock, TestContext.Current.CancellationToken);
        Assert.False(day.IsCompleted);

        clock.MoveForward(TimeSpan.FromDays(1));

        await day.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Timestamps_never_fall_while_many_threads_read_and_time_jumps()
    {
        ShiftableClock clock = new();
        Task[] readers =
        [
            .. Enumerable.Range(0, 3).Select(_ => Task.Run(() =>
            {
                long last = clock.GetTimestamp();
                for (int i = 0; i < 100_000; i++)
                {
                    long now = clock.GetTimestamp();
                    Assert.True(now >= last, $"{now} came after {last}");
                    last = now;
                }
            })),
        ];
        for (int i = 0; i < 1_000; i++)
        {
            clock.MoveForward(TimeSpan.FromMinutes(1));
        }

        await Task.WhenAll(readers);
        Assert.Equal(TimeSpan.FromMinutes(1_000), clock.Offset);
    }

    [Fact]
    public void Those_who_listen_hear_of_a_jump_and_see_the_new_time()
    {
        ShiftableClock clock = new(offsetFile: null, _real);
        DateTimeOffset? seen = null;
        clock.Moved += (_, _) => seen = clock.GetUtcNow();

        clock.MoveForward(TimeSpan.FromDays(1));

        Assert.Equal(Noon.AddDays(1), seen);
    }

    [Fact]
    public async Task Quartz_runs_an_hourly_job_within_real_seconds_after_a_jump()
    {
        ShiftableClock clock = new();
        using Fired fired = new();
        using IHost host = Host.CreateDefaultBuilder()
            .ConfigureLogging(logging => logging.ClearProviders())
            .ConfigureServices(services =>
            {
                services.AddSingleton<TimeProvider>(clock);
                services.AddSingleton(fired);
                services.AddQuartz(quartz =>
                {
                    quartz.UseInMemoryStore();
                    quartz.AddJob<Hourly>(job => job.WithIdentity("hourly").StoreDurably());
                });
                services.AddQuartzHostedService();
            })
            .Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        IScheduler scheduler = await host.Services.GetRequiredService<ISchedulerFactory>().GetScheduler(TestContext.Current.CancellationToken);
        await scheduler.ScheduleJob(
            TriggerBuilder.Create(scheduler.TimeProvider).ForJob("hourly").WithCronSchedule("0 5 * * * ?", cron => cron.InTimeZone(TimeZoneInfo.Utc)).Build(),
            cancellationToken: TestContext.Current.CancellationToken);

        for (int hour = 1; hour <= 2; hour++)
        {
            clock.MoveForward(TimeSpan.FromHours(1));
            await fired.NextAsync();
        }

        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    public void Dispose()
    {
        if (Path.GetDirectoryName(_file) is { } folder && Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    public sealed class Fired : IDisposable
    {
        private readonly SemaphoreSlim _runs = new(0);

        public void Dispose() => _runs.Dispose();

        public void Ran() => _runs.Release();

        public async Task NextAsync() =>
            Assert.True(await _runs.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken), "The job did not run after the jump.");
    }

    public sealed class Hourly(Fired fired) : IJob
    {
        public ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
        {
            fired.Ran();
            return ValueTask.CompletedTask;
        }
    }
}
