using Refit;

namespace LagoConsole.Core.Lago;

/// <summary>The calls this console makes to Lago's REST API (v1), all of them reads. Base address and key come from the client's handlers.</summary>
/// <remarks>
/// The status is an answer here, so every call gives an <see cref="IApiResponse{T}"/>; <see cref="LagoClient"/>
/// makes a value of it. A dot in an id must reach the server as %2E, which the default Uri undoes;
/// <see cref="LagoUriHandler"/> restores it.
/// </remarks>
public interface ILagoApi
{
    /// <summary>The cheapest authenticated call: tells a bad key (401) from a wrong address (404) when verifying.</summary>
    [Get("/organizations")]
    Task<IApiResponse<OrganizationRoot>> GetOrganizationAsync(CancellationToken cancellationToken);

    [Get("/customers")]
    Task<IApiResponse<CustomersRoot>> GetCustomersAsync(
        [AliasAs("search_term")] string? searchTerm,
        int page,
        [AliasAs("per_page")] int perPage,
        CancellationToken cancellationToken);

    [Get("/customers/{customerId}")]
    Task<IApiResponse<CustomerRoot>> GetCustomerAsync(string customerId, CancellationToken cancellationToken);

    /// <summary>Without a customer, the whole organization's. One unknown status would switch the filter off (T22), so both are written out.</summary>
    [Get("/subscriptions?status%5B%5D=active&status%5B%5D=terminated")]
    Task<IApiResponse<SubscriptionsRoot>> GetSubscriptionsAsync(
        [AliasAs("external_customer_id")] string? customerId,
        int page,
        [AliasAs("per_page")] int perPage,
        CancellationToken cancellationToken);

    /// <summary>The same, of which less is kept.</summary>
    [Get("/subscriptions?status%5B%5D=active&status%5B%5D=terminated")]
    Task<IApiResponse<ListedSubscriptionsRoot>> GetListedSubscriptionsAsync(
        [AliasAs("external_customer_id")] string? customerId,
        int page,
        [AliasAs("per_page")] int perPage,
        CancellationToken cancellationToken);

    /// <summary>One subscription of that status, with its plan's charges.</summary>
    [Get("/subscriptions/{subscriptionId}")]
    Task<IApiResponse<SubscriptionRoot>> GetSubscriptionAsync(string subscriptionId, string status, CancellationToken cancellationToken);

    [Get("/billable_metrics")]
    Task<IApiResponse<BillableMetricsRoot>> GetBillableMetricsAsync(
        int page,
        [AliasAs("per_page")] int perPage,
        CancellationToken cancellationToken);

    /// <summary>Running totals of one subscription's current charges period, before tax, coupons and credits.</summary>
    /// <remarks>With taxes a tax provider's fault would fail the poll (T25); the empty presentation filter keeps unit tables out of the answer.</remarks>
    [Get("/customers/{customerId}/current_usage?apply_taxes=false&filter_by_presentation=%5B%5D")]
    Task<IApiResponse<CurrentUsageText>> GetCurrentUsageAsync(
        string customerId,
        [AliasAs("external_subscription_id")] string subscriptionId,
        CancellationToken cancellationToken);

    /// <summary>What was invoiced, one element per invoice and subscription.</summary>
    [Get("/customers/{customerId}/past_usage")]
    Task<IApiResponse<PastUsageRoot>> GetPastUsageAsync(
        string customerId,
        [AliasAs("external_subscription_id")] string subscriptionId,
        int page,
        [AliasAs("per_page")] int perPage,
        CancellationToken cancellationToken);

    /// <summary>Coupons that customers have and that are not used up. Without a customer, the whole organization's.</summary>
    /// <remarks>Needs the permission <c>applied_coupon</c>, which no money depends on.</remarks>
    [Get("/applied_coupons?status=active")]
    Task<IApiResponse<AppliedCouponsRoot>> GetAppliedCouponsAsync(
        [AliasAs("external_customer_id")] string? customerId,
        int page,
        [AliasAs("per_page")] int perPage,
        CancellationToken cancellationToken);

    [Get("/invoices/{lagoId}")]
    Task<IApiResponse<InvoiceRoot>> GetInvoiceAsync(string lagoId, CancellationToken cancellationToken);
}
