using LagoConsole.Core.Fulfilment;
using LagoConsole.Core.Products;
using Xunit;

namespace LagoConsole.Tests.Fulfilment;

public sealed class NoticeReaderTests
{
    [Fact]
    public void An_event_of_AWS_names_its_licence_also_where_the_ARN_lacks_its_first_letters()
    {
        PurchaseNotice notice = NoticeReader.Read(Marketplace.Aws, "m-1", """
            {
              "version": "0",
              "id": "12345678-1234-1234-1234-123456789012",
              "detail-type": "License Deprovisioned - Manufacturer",
              "source": "aws.agreement-marketplace",
              "account": "111111111111",
              "time": "2026-08-20T14:20:00Z",
              "region": "us-east-1",
              "resources": ["arn:aws:aws-marketplace::aws:agreement:agmt-4mwg1nevbokzw95eca5797ixs"],
              "detail": {
                "requestId": "3d4c9f9b-b809-4f5e-9fac-a9ae98b05cbb",
                "catalog": "AWSMarketplace",
                "agreement": { "id": "agmt-4mwg1nevbokzw95eca5797ixs" },
                "product": { "code": "4w1m76k6d81abcd99fj2vtm6j", "id": "prod-example" },
                "license": { "arn": "aws:license-manager::111111111111:license:l-0123456789abcdef0123456789abcdef" },
                "acceptor": { "accountId": "222222222222" },
                "proposer": { "accountId": "111111111111" },
                "offer": { "id": "offer-example" }
              }
            }
            """);

        Assert.Equal(
            new PurchaseNotice(
                Marketplace.Aws, "12345678-1234-1234-1234-123456789012", NoticeKind.Cancelled, new DateTimeOffset(2026, 8, 20, 14, 20, 0, TimeSpan.Zero),
                "License Deprovisioned - Manufacturer")
            {
                PurchaseId = "agmt-4mwg1nevbokzw95eca5797ixs",
                AwsAccountId = "222222222222",
                AwsLicenseArn = "arn:aws:license-manager::111111111111:license:l-0123456789abcdef0123456789abcdef",
                AwsProductCode = "4w1m76k6d81abcd99fj2vtm6j",
            },
            notice);
    }

    [Theory]
    [InlineData("Purchase Agreement Created - Proposer", NoticeKind.Started)]
    [InlineData("Purchase Agreement Created - Manufacturer", NoticeKind.Started)]
    [InlineData("Purchase Agreement Amended - Proposer", NoticeKind.Changed)]
    [InlineData("Purchase Agreement Ended - Manufacturer", NoticeKind.Cancelled)]
    [InlineData("License Updated - Manufacturer", NoticeKind.Changed)]
    [InlineData("License Updated - Proposer", NoticeKind.Changed)]
    [InlineData("License Deprovisioned - Proposer", NoticeKind.Cancelled)]
    [InlineData("Purchase Agreement Ending - Proposer", NoticeKind.NotUnderstood)]
    [InlineData("Offer Released", NoticeKind.NotUnderstood)]
    public void Every_event_of_AWS_is_one_of_a_closed_set(string type, NoticeKind kind) => Assert.Equal(kind, NoticeReader.Read(Marketplace.Aws, "m-1", $$$$"""
        {"id":"e-1","detail-type":"{{{{type}}}}","source":"aws.agreement-marketplace","time":"2026-08-20T14:20:00Z",
         "detail":{"agreement":{"id":"agmt-1"},"acceptor":{"accountId":"222222222222"},"license":{"arn":"arn:aws:license-manager::1:license:l-1"}}}
        """).Kind);

    [Theory]
    [InlineData("ChangePlan", NoticeKind.PlanChanged)]
    [InlineData("ChangeQuantity", NoticeKind.Changed)]
    [InlineData("Renew", NoticeKind.Changed)]
    [InlineData("Suspend", NoticeKind.Suspended)]
    [InlineData("Reinstate", NoticeKind.Reinstated)]
    [InlineData("Unsubscribe", NoticeKind.Cancelled)]
    [InlineData("Transfer", NoticeKind.NotUnderstood)]
    public void Every_action_of_Azure_is_one_of_a_closed_set(string action, NoticeKind kind)
    {
        PurchaseNotice notice = NoticeReader.Read(Marketplace.Azure, "m-1", $$"""
            {
              "id": "74DFB4DB-C193-4891-827D-EB05FBDC64B0",
              "activityId": "74dfb4db-c193-4891-827d-eb05fbdc64b0",
              "publisherId": "vendor", "offerId": "vendor-platform", "planId": "gold", "quantity": 10,
              "subscriptionId": "7C1F3C52-9A40-4E6E-8D0B-3F6A1C2D4E5F",
              "timeStamp": "2026-08-20T14:20:00.4449937Z",
              "action": "{{action}}", "status": "Succeeded", "operationRequestSource": "Azure"
            }
            """);

        Assert.Equal((kind, action), (notice.Kind, notice.Said));
        if (kind != NoticeKind.NotUnderstood)
        {
            Assert.Equal(("74dfb4db-c193-4891-827d-eb05fbdc64b0/Succeeded", "7c1f3c52-9a40-4e6e-8d0b-3f6a1c2d4e5f"), (notice.NoticeId, notice.PurchaseId));
            Assert.Equal(new Guid("74dfb4db-c193-4891-827d-eb05fbdc64b0"), notice.AzureOperationId);
        }
    }

    [Theory]
    [InlineData("ENTITLEMENT_CREATION_REQUESTED", NoticeKind.Started)]
    [InlineData("ENTITLEMENT_ACTIVE", NoticeKind.Started)]
    [InlineData("ENTITLEMENT_RENEWED", NoticeKind.Changed)]
    [InlineData("ENTITLEMENT_OFFER_ACCEPTED", NoticeKind.Changed)]
    [InlineData("ENTITLEMENT_OFFER_ENDED", NoticeKind.Changed)]
    [InlineData("ENTITLEMENT_PLAN_CHANGE_REQUESTED", NoticeKind.Changed)]
    [InlineData("ENTITLEMENT_PLAN_CHANGED", NoticeKind.PlanChanged)]
    [InlineData("ENTITLEMENT_PLAN_CHANGE_CANCELLED", NoticeKind.Changed)]
    [InlineData("ENTITLEMENT_SUSPENDED", NoticeKind.Suspended)]
    [InlineData("ENTITLEMENT_PENDING_CANCELLATION", NoticeKind.Ending)]
    [InlineData("ENTITLEMENT_CANCELLING", NoticeKind.Ending)]
    [InlineData("ENTITLEMENT_CANCELLATION_REVERTED", NoticeKind.Reinstated)]
    [InlineData("ENTITLEMENT_CANCELLED", NoticeKind.Cancelled)]
    [InlineData("ENTITLEMENT_DELETED", NoticeKind.Cancelled)]
    [InlineData("ENTITLEMENT_SOMETHING_NEW", NoticeKind.NotUnderstood)]
    public void Every_event_of_Google_is_one_of_a_closed_set(string type, NoticeKind kind)
    {
        PurchaseNotice notice = NoticeReader.Read(Marketplace.Gcp, "m-1", $$$"""
            {"eventId":"evt-1","eventType":"{{{type}}}","providerId":"vendor","entitlement":{"id":"e-4711","updateTime":"2026-08-20T14:20:00Z"}}
            """);

        Assert.Equal((kind, type), (notice.Kind, notice.Said));
        Assert.Equal(kind == NoticeKind.NotUnderstood ? "m-1" : "evt-1", notice.NoticeId);
        Assert.Equal(kind == NoticeKind.NotUnderstood ? null : "e-4711", notice.PurchaseId);
    }

    [Fact]
    public void News_of_an_account_of_Google_is_about_no_purchase()
    {
        PurchaseNotice notice = NoticeReader.Read(Marketplace.Gcp, "m-1", """{"eventId":"evt-2","eventType":"ACCOUNT_ACTIVE","providerId":"vendor","account":{"id":"acme"}}""");

        Assert.Equal((NoticeKind.Changed, null), (notice.Kind, notice.PurchaseId));
    }

    [Theory]
    [InlineData(Marketplace.Aws, "not JSON")]
    [InlineData(Marketplace.Aws, "[]")]
    [InlineData(Marketplace.Aws, """{"id":"e-1","detail-type":"License Deprovisioned - Manufacturer","source":"somebody.else","time":"2026-08-20T14:20:00Z","detail":{"agreement":{"id":"agmt-1"},"acceptor":{"accountId":"222222222222"},"license":{"arn":"arn:aws:license-manager::1:license:l-1"}}}""")]
    [InlineData(Marketplace.Aws, """{"id":"e-1","detail-type":"License Deprovisioned - Manufacturer","source":"aws.agreement-marketplace","time":"2026-08-20T14:20:00Z","detail":{"agreement":{"id":"agmt-1"},"acceptor":{"accountId":"222222222222"}}}""")]
    [InlineData(Marketplace.Aws, """{"id":"e-1","detail-type":"License Deprovisioned - Manufacturer","source":"aws.agreement-marketplace","time":"2026-08-20T14:20:00Z","detail":{"agreement":{"id":"agmt-1"},"acceptor":{"accountId":"the buyer"},"license":{"arn":"arn:aws:license-manager::1:license:l-1"}}}""")]
    [InlineData(Marketplace.Azure, """{"id":"74dfb4db-c193-4891-827d-eb05fbdc64b0","action":"Unsubscribe","status":"Succeeded"}""")]
    [InlineData(Marketplace.Azure, """{"id":"74dfb4db-c193-4891-827d-eb05fbdc64b0","subscriptionId":"7c1f3c52-9a40-4e6e-8d0b-3f6a1c2d4e5f","action":"Suspend","action":"Unsubscribe","status":"Succeeded"}""")]
    [InlineData(Marketplace.Gcp, """{"eventId":"evt-1","eventType":"ENTITLEMENT_CANCELLED"}""")]
    public void What_is_not_a_whole_message_is_not_understood_and_keeps_the_doors_id(Marketplace marketplace, string body)
    {
        PurchaseNotice notice = NoticeReader.Read(marketplace, "m-1", body);

        Assert.Equal((NoticeKind.NotUnderstood, "m-1", null), (notice.Kind, notice.NoticeId, notice.PurchaseId));
    }
}
