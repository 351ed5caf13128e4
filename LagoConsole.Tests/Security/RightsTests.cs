using System.Reflection;
using LagoConsole.Core.Security;
using LagoConsole.Tests.Support;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace LagoConsole.Tests.Security;

/// <summary>Every door of the running console, found by looking: one that is added later is tried too.</summary>
public sealed class RightsTests
{
    [Fact]
    public async Task Every_service_refuses_a_person_without_a_role_before_it_looks_at_anything_else() => Assert.Empty((await CallAsync(Role.None)).Open);

    [Fact]
    public async Task A_viewer_changes_nothing() => Assert.Equal(
        ["DryRunService.LookAsync", "DryRunService.RunAsync", "SignInSessions.ListAsync"], (await CallAsync(Role.Viewer)).Open);

    [Fact]
    public async Task Only_an_administrator_does_what_cannot_be_taken_back_or_touches_a_secret() => Assert.Equal(
        [
            "AccountService.AddAsync", "AccountService.DeleteAsync", "AccountService.EditAsync", "AccountService.VerifyAsync",
            "AutoReportService.PreviewAsync", "AutoReportService.RestingAsync", "AutoReportService.TurnOnAsync",
            "ChannelService.AddAsync", "ChannelService.DeleteAsync", "ChannelService.EditAsync", "ChannelService.TestAsync",
            "HeldMoney.DecideAsync",
            "IntegrationDeletion.DeleteAsync", "IntegrationDeletion.PreviewAsync",
            "IntegrationService.ConnectAsync", "IntegrationService.EditAsync", "IntegrationService.VerifyAsync",
            "RecordDecisions.SettleAsync", "RestoredBooks.DeclareAsync", "SecretRotation.RotateAsync", "SignInSessions.EndAllAsync", "WaitingDecisions.WriteOffAsync",
        ],
        (await CallAsync(Role.Operator)).Closed);

    [Fact]
    public async Task Every_endpoint_needs_a_role_except_signing_in_and_what_proves_itself_otherwise()
    {
        await using ConsoleFactory console = new("Testing");
        IEnumerable<RouteEndpoint> endpoints = console.Services.GetServices<EndpointDataSource>().SelectMany(source => source.Endpoints).OfType<RouteEndpoint>();

        string[] open =
        [
            .. endpoints.Where(endpoint => endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null)
                .Select(endpoint => endpoint.RoutePattern.RawText!.TrimStart('/'))
                .Where(route => !IsStaticFile(route))
                .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal),
        ];

        Assert.Contains("login", open); // or the search finds nothing
        Assert.Empty(open.Except(["access-denied", "error", "health/live", "health/ready", "login", "logout", "marketplaces/azure/webhook", "sign-in-ended"], StringComparer.Ordinal));
        AuthorizationPolicy rest = (await console.Services.GetRequiredService<IAuthorizationPolicyProvider>().GetFallbackPolicyAsync())!;
        Assert.Contains(rest.Requirements, requirement => requirement is Microsoft.AspNetCore.Authorization.Infrastructure.RolesAuthorizationRequirement);
    }

    private static bool IsStaticFile(string route) =>
        route.StartsWith("_content/", StringComparison.Ordinal) || route.StartsWith("_framework/", StringComparison.Ordinal)
        || route is ['a', 'p', 'p', '.', ..] || route.StartsWith("favicon.", StringComparison.Ordinal);

    /// <summary>Every public method of a service that asks who calls, called by a person with this role and nothing else.</summary>
    private static async Task<(IReadOnlyList<string> Open, IReadOnlyList<string> Closed)> CallAsync(Role role)
    {
        await using ConsoleFactory console = new("Testing");
        (Type Service, MethodInfo Method)[] methods =
        [
            .. from type in typeof(Actor).Assembly.GetExportedTypes()
               where type is { IsClass: true, IsAbstract: false } && type != typeof(Actor)
               from method in type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
               where method.GetParameters() is [{ ParameterType: var first }, ..] && first == typeof(Actor)
               orderby type.Name, method.Name
               select (type, method),
        ];
        Assert.True(methods.Length > 40); // or the search finds nothing

        List<string> open = [], closed = [];
        await using AsyncServiceScope scope = console.Services.CreateAsyncScope();
        foreach ((Type service, MethodInfo method) in methods)
        {
            object? target = service == typeof(SecretRotation)
                ? ActivatorUtilities.CreateInstance<SecretRotation>(scope.ServiceProvider) // the command's alone
                : scope.ServiceProvider.GetService(service);
            (target is not null && await IsForbiddenAsync(target, method, new Actor("eve", role)) ? closed : open).Add($"{service.Name}.{method.Name}");
        }

        return (open, closed);
    }

    /// <summary>Called with nothing but the person: what is asked first is who they are.</summary>
    private static async Task<bool> IsForbiddenAsync(object target, MethodInfo method, Actor actor)
    {
        object?[] arguments =
        [
            actor,
            .. method.GetParameters().Skip(1).Select(parameter => parameter.ParameterType.IsValueType ? Activator.CreateInstance(parameter.ParameterType) : null),
        ];
        try
        {
            await (Task)method.Invoke(target, arguments)!;
            return false;
        }
        catch (TargetInvocationException thrown) when (thrown.InnerException is ForbiddenException)
        {
            return true; // before the first await
        }
        catch (ForbiddenException)
        {
            return true;
        }
        catch (Exception)
        {
            return false; // whatever else it is: the person got further than the door
        }
    }
}
