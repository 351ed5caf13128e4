using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server.Circuits;

namespace LagoConsole.SignIn;

/// <summary>
/// Hears nothing more from a page whose sign-in has ended (<see cref="SignInEnd"/>): it is told to leave, but a browser need not do
/// what it is told, and pages keep who opened them.
/// </summary>
internal sealed class SignInCircuit(AuthenticationStateProvider authentication) : CircuitHandler
{
    public override Func<CircuitInboundActivityContext, Task> CreateInboundActivityHandler(Func<CircuitInboundActivityContext, Task> next) => async activity =>
    {
        if ((await authentication.GetAuthenticationStateAsync()).User.Identity?.IsAuthenticated == true)
        {
            await next(activity);
        }
    };
}
