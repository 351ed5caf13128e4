using System.Globalization;
using System.Text.Json;
using LagoConsole.Sandbox;
using LagoConsole.Sandbox.Aws;
using LagoConsole.Sandbox.Faults;
using Xunit;

namespace LagoConsole.Tests.Sandbox;

public sealed class AwsMeteringTests : IDisposable
{
    private const string License = "arn:aws:license-manager::111111111111:license:l-0123456789abcdef0123456789abcdef";
    private const string Other = "arn:aws:license-manager::111111111111:license:l-fedcba9876543210fedcba9876543210";
    private const string Product = "4w1m76k6d81abcd99fj2vtm6j";
    private const string LegacyProduct = "9k3n51p8q27wxyz44hr6udc0s";
    private const long Slot = 1787230800; // 2026-08-20T13:00:00Z

    private readonly SandboxWorlds _world = new(new DateTimeOffset(2026, 8, 20, 14, 5, 7, TimeSpan.Zero), furnished: true);
    private readonly AwsCaller _aws;

    public AwsMeteringTests() => _aws = new AwsCaller(_world);

    [Fact]
    public void A_record_is_taken_and_billed_at_its_dimensions_price()
    {
        (int status, JsonElement body) = Meter(Record(1_250), Record(3, "api_units"));

        Assert.Equal(200, status);
        Assert.Equal(["Success", "Success"], Statuses(body));
        Assert.Equal(0, body.GetProperty("UnprocessedRecords").GetArrayLength());
        SandboxAwsBill bill = _world.Control.AwsBill();
        Assert.Equal(1_550, bill.TotalCents); // 1 250 × 1 cent and 3 × 1 dollar
        Assert.Equal(new DateTimeOffset(2026, 8, 20, 13, 0, 0, TimeSpan.Zero), bill.Records[0].Hour);
    }

    [Fact]
    public void The_first_record_of_an_hour_wins_and_a_second_is_only_echoed()
    {
        Meter(Record(1_250));

        (_, JsonElement body) = Meter(Record(1_300));

        JsonElement result = body.GetProperty("Results")[0];
        Assert.Equal("DuplicateRecord", result.GetProperty("Status").GetString());
        Assert.Equal(1_300, result.GetProperty("UsageRecord").GetProperty("Quantity").GetInt32());
        Assert.Equal(1_250, Assert.Single(_world.Control.AwsBill().Records).Quantity);
    }

    [Theory]
    [InlineData(false, "Success")]
    [InlineData(true, "DuplicateRecord")]
    public void An_identical_repeat_is_answered_either_way_and_billed_once(bool identicalIsDuplicate, string status)
    {
        _world.World.Aws.IdenticalIsDuplicate = identicalIsDuplicate;
        (_, JsonElement first) = Meter(Record(7));

        (_, JsonElement second) = Meter(Record(7));

        Assert.Equal([status], Statuses(second));
        Assert.Equal(
            first.GetProperty("Results")[0].GetProperty("MeteringRecordId").GetString(),
            second.GetProperty("Results")[0].GetProperty("MeteringRecordId").GetString());
        Assert.Single(_world.Control.AwsBill().Records);
    }

    [Fact]
    public void Two_minutes_of_one_hour_share_its_slot_and_a_zero_holds_it()
    {
        Meter(Record(0));

        (_, JsonElement body) = Meter(Record(9, at: Slot + 120));

        Assert.Equal(["DuplicateRecord"], Statuses(body));
        Assert.Equal(0, _world.Control.AwsBill().TotalCents);
    }

    [Fact]
    public void Two_records_of_one_slot_in_one_call_are_judged_in_order()
    {
        (_, JsonElement body) = Meter(Record(1), Record(2), Record(2, at: Slot - 3600));

        Assert.Equal(["Success", "DuplicateRecord", "Success"], Statuses(body));
        Assert.Equal(3, _world.Control.AwsBill().TotalCents);
    }

    [Fact]
    public void Another_region_bills_the_same_hour_again()
    {
        Meter(Record(5));
        _aws.Region = "eu-west-1";

        Meter(Record(5));

        Assert.Equal(10, _world.Control.AwsBill().TotalCents);
    }

    [Fact]
    public void Twenty_five_records_are_taken_and_the_26th_refuses_them_all()
    {
        object[] records = [.. Enumerable.Range(0, 26).Select(i => Record(1, "storage_fee", at: Slot - (i % 13 * 3600), license: i < 13 ? License : Other, account: i < 13 ? "222222222222" : "333333333333"))];

        (int status, JsonElement body) = Meter(records);
        Assert.Equal((400, "ValidationException"), (status, body.GetProperty("__type").GetString()));
        Assert.Empty(_world.Control.AwsBill().Records);

        Assert.Equal(200, Meter(records[..25]).Status);
        Assert.Equal(25, _world.Control.AwsBill().Records.Count);
        Assert.Equal(2.5m, _world.Control.AwsBill().TotalCents); // a tenth of a cent each
    }

    [Theory]
    [InlineData("""{"Timestamp":1787230800,"Dimension":"usage_fee","Quantity":1.5}""", "SerializationException")]
    [InlineData("""{"Timestamp":1787230800,"Dimension":"usage_fee","Quantity":"1"}""", "SerializationException")]
    [InlineData("""{"Timestamp":1787230800,"Dimension":"usage_fee","Quantity":-1}""", "ValidationException")]
    [InlineData("""{"Timestamp":1787230800,"Dimension":"usage_fee","Quantity":2147483648}""", "ValidationException")]
    [InlineData("""{"Timestamp":"2026-08-20T13:00:00Z","Dimension":"usage_fee","Quantity":1}""", "SerializationException")]
    [InlineData("""{"Dimension":"usage_fee","Quantity":1}""", "ValidationException")]
    [InlineData("""{"Timestamp":1787230800,"Quantity":1}""", "ValidationException")]
    [InlineData("""{"Timestamp":1787230800,"Dimension":"Usage_Fee","Quantity":1}""", "InvalidUsageDimensionException")]
    [InlineData("""{"Timestamp":1787230800,"Dimension":"usage_fee","Quantity":3,"UsageAllocations":[{"AllocatedUsageQuantity":2}]}""", "InvalidUsageAllocationsException")]
    public void A_record_out_of_shape_fails_the_whole_call(string record, string type)
    {
        string bad = record.Insert(1, $"\"CustomerAWSAccountId\":\"222222222222\",\"LicenseArn\":\"{License}\",");
        string good = JsonSerializer.Serialize(Record(5));

        (int status, JsonElement body) = _aws.Call("BatchMeterUsage", $$"""{"UsageRecords":[{{good}},{{bad}}]}""");

        Assert.Equal((400, type), (status, body.GetProperty("__type").GetString()));
        Assert.Empty(_world.Control.AwsBill().Records);
    }

    [Fact]
    public void The_largest_quantity_fits_and_a_missing_one_is_zero()
    {
        Assert.Equal(200, Meter(Record(int.MaxValue)).Status);
        string none = $$"""{"UsageRecords":[{"Timestamp":{{Slot}},"Dimension":"api_units","CustomerAWSAccountId":"222222222222","LicenseArn":"{{License}}"}]}""";
        Assert.Equal(200, _aws.Call("BatchMeterUsage", none).Status);

        Assert.Equal([int.MaxValue, 0], _world.Control.AwsBill().Records.Select(record => record.Quantity));
    }

    [Theory]
    [InlineData("arn:aws:license-manager::111111111111:license:l-unknown", "222222222222", "InvalidLicenseException")]
    [InlineData(License, "333333333333", "InvalidCustomerIdentifierException")]
    [InlineData(License, "22222222222x", "ValidationException")]
    [InlineData("not an arn", "222222222222", "ValidationException")]
    public void An_identity_that_is_not_known_fails_the_call(string license, string account, string type)
    {
        (int status, JsonElement body) = Meter(Record(1, license: license, account: account));

        Assert.Equal((400, type), (status, body.GetProperty("__type").GetString()));
    }

    [Fact]
    public void The_two_kinds_of_identity_are_never_mixed()
    {
        Assert.Equal("ValidationException", Type(new { UsageRecords = new[] { Record(1) }, ProductCode = Product }));
        Assert.Equal("ValidationException", Type(new { UsageRecords = new[] { Legacy("444444444444") } }));
        Assert.Equal("InvalidProductCodeException", Type(new { UsageRecords = new[] { Legacy("444444444444") }, ProductCode = "unknown" }));
        Assert.Equal("InvalidCustomerIdentifierException", Type(new { UsageRecords = new[] { Legacy("222222222222") }, ProductCode = LegacyProduct }));
        Assert.Equal(
            "ValidationException",
            Type(new { UsageRecords = new[] { new { Timestamp = Slot, Dimension = "usage_fee", CustomerAWSAccountId = "444444444444", CustomerIdentifier = "ifAPi5AcF3" } }, ProductCode = LegacyProduct }));

        Assert.Equal(200, _aws.Meter(new { UsageRecords = new[] { Legacy("444444444444") }, ProductCode = LegacyProduct }).Status);
        (_, JsonElement body) = _aws.Meter(new { UsageRecords = new[] { new { Timestamp = Slot, Dimension = "usage_fee", Quantity = 2, CustomerIdentifier = "ifAPi5AcF3" } }, ProductCode = LegacyProduct });
        Assert.Equal(["DuplicateRecord"], Statuses(body)); // the same buyer by another name
    }

    [Theory]
    [InlineData("2026-08-20T13:00:00Z", "2026-08-21T13:00:00Z", true)]
    [InlineData("2026-08-20T13:00:00Z", "2026-08-21T13:00:01Z", false)]
    [InlineData("2026-08-31T23:00:00Z", "2026-09-01T05:59:59Z", true)]
    [InlineData("2026-08-31T23:00:00Z", "2026-09-01T06:00:00Z", false)]
    [InlineData("2026-08-31T03:00:00Z", "2026-09-01T03:00:00Z", true)]
    [InlineData("2026-08-31T03:00:00Z", "2026-09-01T03:00:01Z", false)]
    [InlineData("2026-09-01T00:00:00Z", "2026-09-01T06:30:00Z", true)]
    [InlineData("2026-08-20T13:00:01Z", "2026-08-20T13:00:00Z", false)] // the future
    public void A_record_may_be_a_day_late_and_for_last_month_until_six_on_the_first(string timestamp, string now, bool taken) =>
        Assert.Equal(taken, AwsWindow.Takes(Instant(timestamp), Instant(now)));

    [Fact]
    public void A_late_record_fails_the_call_for_the_others_too()
    {
        (int status, JsonElement body) = Meter(Record(5), Record(5, at: Slot - (25 * 3600)));

        Assert.Equal((400, "TimestampOutOfBoundsException"), (status, body.GetProperty("__type").GetString()));
        Assert.Empty(_world.Control.AwsBill().Records);
    }

    [Fact]
    public void Usage_before_the_agreement_is_out_of_bounds()
    {
        const string young = "arn:aws:license-manager::111111111111:license:l-young";
        _world.Control.Save(new AwsAgreement(young, Product, "555555555555", CustomerIdentifier: null, Instant("2026-08-20T13:20:00Z")));

        Assert.Equal("TimestampOutOfBoundsException", Type(new { UsageRecords = new[] { Record(1, license: young, account: "555555555555") } }));
        Assert.Equal(200, Meter(Record(1, at: Slot + 1_200, license: young, account: "555555555555")).Status);
    }

    [Fact]
    public void An_agreement_that_ended_takes_its_last_usage_for_one_hour()
    {
        _world.Control.EndAwsAgreement(License); // at 14:05:07

        _world.Clock.SetUtcNow(Instant("2026-08-20T15:05:06Z"));
        Assert.Equal(["Success"], Statuses(Meter(Record(4)).Body));
        Assert.Equal(["CustomerNotSubscribed"], Statuses(Meter(Record(4, at: Slot + 3_908)).Body)); // 14:05:08

        _world.Clock.SetUtcNow(Instant("2026-08-20T15:05:07Z"));
        (int status, JsonElement body) = Meter(Record(4, "api_units"));
        Assert.Equal(200, status);
        Assert.Equal(["CustomerNotSubscribed"], Statuses(body));
        Assert.Single(_world.Control.AwsBill().Records);
    }

    [Fact]
    public void A_record_can_come_back_unprocessed_and_is_then_not_billed()
    {
        _world.Control.Faults.Next(SandboxService.Aws, FaultKind.Unprocessed);

        (_, JsonElement body) = Meter(Record(1), Record(2, "api_units"));

        Assert.Equal(["Success"], Statuses(body));
        Assert.Equal("api_units", Assert.Single(body.GetProperty("UnprocessedRecords").EnumerateArray()).GetProperty("Dimension").GetString());
        Assert.Equal(1, _world.Control.AwsBill().TotalCents);
        Assert.Equal(["Success", "Success"], Statuses(Meter(Record(1), Record(2, "api_units")).Body));
    }

    [Fact]
    public void A_region_without_the_api_and_a_foreign_scope_are_refused()
    {
        _aws.Region = "mars-north-1";
        Assert.Equal("DisabledApiException", Type(new { UsageRecords = new[] { Record(1) } }));
        _aws.Region = "us-east-1";
        _aws.ClockError = TimeSpan.FromMinutes(-6);
        Assert.Equal((403, "InvalidSignatureException"), Refused(Record(1)));
        _aws.ClockError = TimeSpan.Zero;
        _aws.Key = new AwsCredentials(SandboxKeys.Aws.AccessKeyId, "wrong");
        Assert.Equal((403, "InvalidSignatureException"), Refused(Record(1)));
        _aws.Key = SandboxKeys.AwsTemporary;
        Assert.Equal(200, Meter(Record(1)).Status);
    }

    [Fact]
    public void A_registration_token_names_the_purchase_for_four_hours()
    {
        string token = _world.Control.IssueAwsToken(License);

        (_, JsonElement body) = _aws.Call("ResolveCustomer", JsonSerializer.Serialize(new { RegistrationToken = token }));
        Assert.Equal((Product, "222222222222", License), (Text(body, "ProductCode"), Text(body, "CustomerAWSAccountId"), Text(body, "LicenseArn")));
        Assert.False(body.TryGetProperty("CustomerIdentifier", out _));

        Assert.Equal("InvalidTokenException", Text(_aws.Call("ResolveCustomer", """{"RegistrationToken":"unknown"}""").Body, "__type"));
        _world.Clock.Advance(TimeSpan.FromHours(4));
        Assert.Equal("ExpiredTokenException", Text(_aws.Call("ResolveCustomer", JsonSerializer.Serialize(new { RegistrationToken = token })).Body, "__type"));
    }

    [Fact]
    public void An_unknown_operation_is_told_so() =>
        Assert.Equal("UnknownOperationException", Text(_aws.Call("MeterUsage", "{}").Body, "__type"));

    [Fact]
    public void A_megabyte_is_too_much() =>
        Assert.Equal(400, _aws.Call("BatchMeterUsage", "{\"UsageRecords\":[]}" + new string(' ', 1024 * 1024)).Status);

    public void Dispose() => _world.Dispose();

    private static DateTimeOffset Instant(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);

    private static object Record(int quantity, string dimension = "usage_fee", long at = Slot, string license = License, string account = "222222222222") =>
        new { Timestamp = at, Dimension = dimension, Quantity = quantity, CustomerAWSAccountId = account, LicenseArn = license };

    private static object Legacy(string account) => new { Timestamp = Slot, Dimension = "usage_fee", Quantity = 1, CustomerAWSAccountId = account };

    private static string? Text(JsonElement body, string name) => body.GetProperty(name).GetString();

    private static string?[] Statuses(JsonElement body) =>
        [.. body.GetProperty("Results").EnumerateArray().Select(result => result.GetProperty("Status").GetString())];

    private (int Status, JsonElement Body) Meter(params object[] records) => _aws.Meter(new { UsageRecords = records });

    private string? Type(object body) => Text(_aws.Meter(body).Body, "__type");

    private (int Status, string? Type) Refused(object record)
    {
        (int status, JsonElement body) = Meter(record);
        return (status, Text(body, "__type"));
    }
}
