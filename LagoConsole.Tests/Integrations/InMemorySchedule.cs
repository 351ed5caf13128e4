using LagoConsole.Core.Persistence;
using LagoConsole.Core.Polling;
using LagoConsole.Core.Scheduling;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Quartz;

namespace LagoConsole.Tests.Integrations;

/// <summary>The product's schedule on a Quartz without a store, which is never started: nothing runs by itself.</summary>
internal static class InMemorySchedule
{
    public static IServiceCollection AddInMemorySchedule(this IServiceCollection services)
    {
        services.AddLogging();
        services.AddOptions<PollingOptions>();
        services.AddOptions<Core.Scheduling.SchedulingOptions>();
        services.AddSingleton<Schedule>();
        services.AddSingleton<ScheduleSync>();
        return services.AddQuartz(quartz => quartz.ConfigureScheduler(options => options.InstanceName = Guid.NewGuid().ToString("N")));
    }

    public static ServiceProvider For(IDbContextFactory<LagoConsoleDbContext> database, TimeProvider clock) => new ServiceCollection()
        .AddSingleton(database)
        .AddSingleton(clock)
        .AddInMemorySchedule()
        .BuildServiceProvider();
}
