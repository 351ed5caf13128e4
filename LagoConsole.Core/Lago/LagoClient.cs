using System.Net;
using Polly.Timeout;
using Refit;

namespace LagoConsole.Core.Lago;

/// <summary>
/// Lago as the rest of the console sees it. Every answer is a value: nothing is thrown but the cancellation of
/// the caller's own token. Nothing in it holds the API key.
/// </summary>
public sealed class LagoClient
{
    /// <summary>More is refused by some servers.</summary>
    private const int PerPage = 100;

    private readonly ILagoApi _api;
    private readonly TimeProvider _clock;

    internal LagoClient(ILagoApi api, TimeProvider clock)
    {
        _api = api;
        _clock = clock;
    }

    /// <summary>The organization that the key belongs to.</summary>
    public Task<LagoAnswer<OrganizationResponse>> GetOrganizationAsync(CancellationToken cancellationToken) =>
        AskAsync(
            _api.GetOrganizationAsync, root => root.Organization, "organization", "organization at this address", cancellationToken);

    /// <summary>One page of customers for a picker, newest first.</summary>
    /// <param name="searchTerm">Part of a name, external id or e-mail address; empty for all.</param>
    /// <param name="page">From 1.</param>
    /// <param name="perPage">1 to 100.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task<LagoAnswer<LagoPage<CustomerResponse>>> SearchCustomersAsync(
        string? searchTerm, int page, int perPage, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(page, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(perPage, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(perPage, PerPage);
        string? term = string.IsNullOrWhiteSpace(searchTerm) ? null : searchTerm.Trim();
        return await AskAsync(
            token => _api.GetCustomersAsync(term, page, perPage, token),
            root => new LagoPage<CustomerResponse>(root.Customers, root.Meta.NextPage, root.Meta.TotalCount),
            "customer",
            "list of customers",
            cancellationToken);
    }

    /// <summary>The customer with exactly this external id.</summary>
    public async Task<LagoAnswer<CustomerResponse>> GetCustomerAsync(string customerId, CancellationToken cancellationToken)
    {
        if (LagoId.IsRefused(customerId, out LagoFailure? refusal))
        {
            return new LagoAnswer<CustomerResponse>.Failed(refusal);
        }

        LagoFailure missing = new LagoFailure.NotFound(Named("customer", customerId));
        LagoAnswer<CustomerResponse> answer = await AskAsync(
            token => _api.GetCustomerAsync(customerId, token), root => root.Customer, "customer", missing, cancellationToken);

        // Where a proxy undoes %2E, the server reads acme.com as the customer acme (T20).
        return answer is LagoAnswer<CustomerResponse>.Ok ok && ok.Value.ExternalId != customerId
            ? new LagoAnswer<CustomerResponse>.Failed(missing)
            : answer;
    }

    /// <summary>All active and terminated subscriptions of the organization.</summary>
    public Task<LagoAnswer<IReadOnlyList<SubscriptionResponse>>> ListSubscriptionsAsync(CancellationToken cancellationToken) =>
        ListSubscriptionsAsync(customerId: null, cancellationToken);

    /// <summary>All active and terminated subscriptions of the organization, or of one customer, as a poll needs them.</summary>
    /// <param name="customerId">Null: all that there are.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public Task<LagoAnswer<IReadOnlyList<ListedSubscription>>> ListForPollAsync(string? customerId, CancellationToken cancellationToken) =>
        customerId is not null && LagoId.IsRefused(customerId, out LagoFailure? refusal) // as below (T22)
            ? Task.FromResult<LagoAnswer<IReadOnlyList<ListedSubscription>>>(new LagoAnswer<IReadOnlyList<ListedSubscription>>.Failed(refusal))
            : ListAsync<ListedSubscriptionsRoot, ListedSubscription, LagoUuid>(
                (page, perPage, token) => _api.GetListedSubscriptionsAsync(customerId, page, perPage, token),
                subscription => subscription.LagoId,
                subscription => subscription.Status is SubscriptionResponse.Active or SubscriptionResponse.Terminated
                    && (customerId is null || subscription.ExternalCustomerId == customerId), // a server that ignores a filter sends more (T22)
                "subscription",
                "list of subscriptions",
                cancellationToken);

    /// <summary>All active and terminated subscriptions of one customer; empty for an unknown customer.</summary>
    public Task<LagoAnswer<IReadOnlyList<SubscriptionResponse>>> ListSubscriptionsOfAsync(
        string customerId, CancellationToken cancellationToken) =>
        LagoId.IsRefused(customerId, out LagoFailure? refusal) // an empty id would list the organization (T22)
            ? Task.FromResult<LagoAnswer<IReadOnlyList<SubscriptionResponse>>>(
                new LagoAnswer<IReadOnlyList<SubscriptionResponse>>.Failed(refusal))
            : ListSubscriptionsAsync(customerId, cancellationToken);

    /// <summary>The subscription of that status with this external id, with its plan's charges.</summary>
    /// <param name="subscriptionId">The external id; upgrades reuse it (T7), so compare the <c>lago_id</c> of the answer.</param>
    /// <param name="status"><see cref="SubscriptionResponse.Active"/> or <see cref="SubscriptionResponse.Terminated"/>.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task<LagoAnswer<SubscriptionResponse>> GetSubscriptionAsync(
        string subscriptionId, string status, CancellationToken cancellationToken)
    {
        if (LagoId.IsRefused(subscriptionId, out LagoFailure? refusal))
        {
            return new LagoAnswer<SubscriptionResponse>.Failed(refusal);
        }

        LagoFailure missing = new LagoFailure.NotFound(Named($"{status} subscription", subscriptionId));
        LagoAnswer<SubscriptionResponse> answer = await AskAsync(
            token => _api.GetSubscriptionAsync(subscriptionId, status, token),
            root => root.Subscription,
            "subscription",
            missing,
            cancellationToken);
        return answer switch
        {
            LagoAnswer<SubscriptionResponse>.Ok { Value: var found } when found.ExternalId != subscriptionId || found.Status != status =>
                new LagoAnswer<SubscriptionResponse>.Failed(missing),

            // Without them nobody knows which charges are projected or paid in advance (R4, R8).
            LagoAnswer<SubscriptionResponse>.Ok { Value.Plan.Charges: null } or LagoAnswer<SubscriptionResponse>.Ok { Value.Plan: null } =>
                new LagoAnswer<SubscriptionResponse>.Failed(new LagoFailure.NotLago("a subscription without its plan's charges")),
            _ => answer,
        };
    }

    /// <summary>All billable metrics of the organization.</summary>
    public Task<LagoAnswer<IReadOnlyList<BillableMetricResponse>>> ListBillableMetricsAsync(CancellationToken cancellationToken) =>
        ListAsync<BillableMetricsRoot, BillableMetricResponse, string>(
            _api.GetBillableMetricsAsync,
            metric => metric.LagoId,
            _ => true,
            "billable_metric",
            "list of billable metrics",
            cancellationToken);

    /// <summary>Running totals of one active subscription.</summary>
    /// <returns>
    /// <see cref="LagoFailure.NotFound"/> when the customer is gone and <see cref="LagoFailure.NoActiveSubscription"/>
    /// when the subscription is not active are states (T21), not faults of the poll.
    /// </returns>
    public async Task<LagoAnswer<UsageResponse>> GetCurrentUsageAsync(
        string customerId, string subscriptionId, CancellationToken cancellationToken) =>
        CurrentUsageText.Read(await AskCurrentUsageAsync(customerId, subscriptionId, cancellationToken));

    /// <summary>The same, not read yet.</summary>
    public async Task<LagoAnswer<CurrentUsageText>> AskCurrentUsageAsync(
        string customerId, string subscriptionId, CancellationToken cancellationToken)
    {
        if (LagoId.IsRefused(customerId, out LagoFailure? refusal) || LagoId.IsRefused(subscriptionId, out refusal))
        {
            return new LagoAnswer<CurrentUsageText>.Failed(refusal);
        }

        return await AskAsync(
            token => _api.GetCurrentUsageAsync(customerId, subscriptionId, token),
            text => text,
            "customer_usage",
            new LagoFailure.NotFound(Named("customer", customerId)),
            cancellationToken);
    }

    /// <summary>What was invoiced for a subscription, newest first; empty for unknown ids. See <see cref="UsageResponse"/> on twins.</summary>
    public async Task<LagoAnswer<IReadOnlyList<UsageResponse>>> ListPastUsageAsync(
        string customerId, string subscriptionId, CancellationToken cancellationToken)
    {
        if (LagoId.IsRefused(customerId, out LagoFailure? refusal) || LagoId.IsRefused(subscriptionId, out refusal))
        {
            return new LagoAnswer<IReadOnlyList<UsageResponse>>.Failed(refusal);
        }

        return await ListAsync<PastUsageRoot, UsageResponse, (string?, DateTimeOffset, DateTimeOffset)>(
            (page, perPage, token) => _api.GetPastUsageAsync(customerId, subscriptionId, page, perPage, token),
            usage => (usage.LagoInvoiceId, usage.FromDatetime, usage.ToDatetime),
            _ => true,
            "customer_usage",
            Named("customer", customerId),
            cancellationToken);
    }

    /// <summary>Coupons that customers of the organization have and that are not used up.</summary>
    public Task<LagoAnswer<IReadOnlyList<AppliedCouponResponse>>> ListActiveCouponsAsync(CancellationToken cancellationToken) =>
        ListActiveCouponsAsync(customerId: null, cancellationToken);

    /// <summary>Those of one customer; empty for an unknown customer.</summary>
    public Task<LagoAnswer<IReadOnlyList<AppliedCouponResponse>>> ListActiveCouponsOfAsync(
        string customerId, CancellationToken cancellationToken) =>
        LagoId.IsRefused(customerId, out LagoFailure? refusal)
            ? Task.FromResult<LagoAnswer<IReadOnlyList<AppliedCouponResponse>>>(
                new LagoAnswer<IReadOnlyList<AppliedCouponResponse>>.Failed(refusal))
            : ListActiveCouponsAsync(customerId, cancellationToken);

    /// <summary>One invoice with its fees. <see cref="LagoFailure.NotFound"/> while it is generated, or when it was skipped or deleted.</summary>
    /// <param name="lagoInvoiceId">Lago's id, as <see cref="UsageResponse.LagoInvoiceId"/> gives it.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task<LagoAnswer<InvoiceResponse>> GetInvoiceAsync(string lagoInvoiceId, CancellationToken cancellationToken)
    {
        if (LagoId.IsRefused(lagoInvoiceId, out LagoFailure? refusal))
        {
            return new LagoAnswer<InvoiceResponse>.Failed(refusal);
        }

        return await AskAsync(
            token => _api.GetInvoiceAsync(lagoInvoiceId, token),
            root => root.Invoice,
            "invoice",
            $"invoice {lagoInvoiceId}",
            cancellationToken);
    }

    /// <summary>One row of each list, for the permission that it needs.</summary>
    internal async Task<LagoFailure?> ProbeAsync(string resource, CancellationToken cancellationToken) => resource switch
    {
        "customer" => FailureOf(await AskAsync(
            token => _api.GetCustomersAsync(null, 1, 1, token), root => root.Meta, resource, resource, cancellationToken)),
        "subscription" => FailureOf(await AskAsync(
            token => _api.GetSubscriptionsAsync(null, 1, 1, token), root => root.Meta, resource, resource, cancellationToken)),
        "billable_metric" => FailureOf(await AskAsync(
            token => _api.GetBillableMetricsAsync(1, 1, token), root => root.Meta, resource, resource, cancellationToken)),
        _ => throw new ArgumentOutOfRangeException(nameof(resource), resource, "No list has this permission."),
    };

    private static LagoFailure? FailureOf<T>(LagoAnswer<T> answer) => (answer as LagoAnswer<T>.Failed)?.Failure;

    private Task<LagoAnswer<IReadOnlyList<SubscriptionResponse>>> ListSubscriptionsAsync(
        string? customerId, CancellationToken cancellationToken) =>
        ListAsync<SubscriptionsRoot, SubscriptionResponse, string>(
            (page, perPage, token) => _api.GetSubscriptionsAsync(customerId, page, perPage, token),
            subscription => subscription.LagoId,
            subscription => subscription.Status is SubscriptionResponse.Active or SubscriptionResponse.Terminated
                && (customerId is null || subscription.ExternalCustomerId == customerId), // a server that ignores a filter sends more (T22)
            "subscription",
            "list of subscriptions",
            cancellationToken);

    private Task<LagoAnswer<IReadOnlyList<AppliedCouponResponse>>> ListActiveCouponsAsync(
        string? customerId, CancellationToken cancellationToken) =>
        ListAsync<AppliedCouponsRoot, AppliedCouponResponse, string>(
            (page, perPage, token) => _api.GetAppliedCouponsAsync(customerId, page, perPage, token),
            coupon => coupon.LagoId,
            coupon => coupon.Status == AppliedCouponResponse.Active && (customerId is null || coupon.ExternalCustomerId == customerId), // as above (T22)
            "applied_coupon",
            "list of applied coupons",
            cancellationToken);

    private Task<LagoAnswer<IReadOnlyList<T>>> ListAsync<TRoot, T, TKey>(
        Func<int, int, CancellationToken, Task<IApiResponse<TRoot>>> getPage,
        Func<T, TKey> key,
        Func<T, bool> isAskedFor,
        string resource,
        string what,
        CancellationToken cancellationToken)
        where TRoot : class, ILagoPage<T>
        where TKey : notnull =>
        LagoList.ReadAsync(
            (page, token) => AskAsync(asked => getPage(page, PerPage, asked), root => root, resource, what, token), key, isAskedFor, cancellationToken);

    private Task<LagoAnswer<T>> AskAsync<TRoot, T>(
        Func<CancellationToken, Task<IApiResponse<TRoot>>> ask,
        Func<TRoot, T> value,
        string resource,
        string what,
        CancellationToken cancellationToken)
        where TRoot : class =>
        AskAsync(ask, value, resource, new LagoFailure.NotFound(what), cancellationToken);

    private async Task<LagoAnswer<T>> AskAsync<TRoot, T>(
        Func<CancellationToken, Task<IApiResponse<TRoot>>> ask,
        Func<TRoot, T> value,
        string resource,
        LagoFailure missing,
        CancellationToken cancellationToken)
        where TRoot : class
    {
        using IApiResponse<TRoot> response = await ask(cancellationToken);

        // Refit catches everything, the caller's cancellation too.
        cancellationToken.ThrowIfCancellationRequested();
        if (response.HasRequestError(out ApiRequestException? fault))
        {
            return new LagoAnswer<T>.Failed(Describe(fault.InnerException));
        }

        return response is { StatusCode: HttpStatusCode.OK, Error: null, Content: { } root }
            ? new LagoAnswer<T>.Ok(value(root))
            : new LagoAnswer<T>.Failed(Describe(response, resource, missing));
    }

    /// <summary>Decides on the status: bodies of errors vary with servers and proxies.</summary>
    private LagoFailure Describe(IApiResponse response, string resource, LagoFailure missing)
    {
        HttpStatusCode status = response.StatusCode ?? throw new InvalidOperationException("A received answer has a status.");
        ApiException? error = response.HasResponseError(out ApiException? received) ? received : null;
        return status switch
        {
            HttpStatusCode.Unauthorized => new LagoFailure.KeyRejected(),
            HttpStatusCode.Forbidden => new LagoFailure.PermissionMissing(LagoErrorBody.Permission(error?.Content) ?? resource),
            HttpStatusCode.NotFound => missing,
            HttpStatusCode.MethodNotAllowed => new LagoFailure.NoActiveSubscription(),
            HttpStatusCode.TooManyRequests => new LagoFailure.RateLimited(
                response.Headers is { } headers ? LagoRetry.AskedWait(headers, _clock) : null),
            >= HttpStatusCode.InternalServerError => new LagoFailure.ServerFailed((int)status),
            >= HttpStatusCode.BadRequest => new LagoFailure.Refused((int)status),
            >= HttpStatusCode.MultipleChoices => new LagoFailure.Redirected(HostOf(response.Headers?.Location)),
            _ => new LagoFailure.NotLago(LagoErrorBody.WhatCame(error?.Content, error?.InnerException)),
        };
    }

    private static string? HostOf(Uri? location) => location is { IsAbsoluteUri: true, Host: { Length: > 0 } host } ? host : null;

    private static LagoFailure.Unreachable Describe(Exception? fault) => new(fault switch
    {
        TimeoutRejectedException { Timeout: var limit } => $"no complete answer within {limit.TotalSeconds:0.###} s",
        HttpRequestException { InnerException: LagoAddressRefusedException refusal } => refusal.Message,
        HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } => "its name cannot be found",
        HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError } => "the connection was refused or timed out",
        HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } => "no secure connection could be made; check its certificate",
        HttpRequestException { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded } => "its answer is larger than allowed",
        _ => "the connection broke before the answer was complete",
    });

    private static string Named(string kind, string id) => id.Contains('.', StringComparison.Ordinal)
        ? $"{kind} {id}; if it exists there, a server or proxy on the way does not keep the dot in its id, and only an id without dots can be used"
        : $"{kind} {id}";
}

/// <summary>One page of a list.</summary>
/// <param name="Rows">Its rows.</param>
/// <param name="NextPage">Number of the next page; null on the last.</param>
/// <param name="TotalCount">Rows of all pages, where the server says.</param>
public sealed record LagoPage<T>(IReadOnlyList<T> Rows, int? NextPage, int? TotalCount);
