using System.Text;
using LagoConsole.Core.Reporting;
using LagoConsole.Core.Reporting.Aws;
using Xunit;

namespace LagoConsole.Tests.Reporting.Aws;

/// <summary>What is believed of an answer, and of which record.</summary>
public sealed class AwsAnswerReaderTests
{
    private static readonly UsageRecord A = AwsWorld.Record(AwsWorld.Payload(5));
    private static readonly UsageRecord B = AwsWorld.Record(AwsWorld.Payload(7, dimension: "Usage_Fee"));

    [Fact]
    public void Results_are_recognised_by_their_content_in_any_order() => Assert.Equal(
        "Accepted of-a; Accepted of-b",
        Read($$"""{"Results":[{{Result(B.Payload, "of-b")}},{{Result(A.Payload, "of-a")}}]}""", A, B));

    [Fact]
    public void A_record_that_the_answer_leaves_out_is_unknown() => Assert.Equal(
        "Unknown; Accepted of-b",
        Read($$"""{"Results":[{{Result(B.Payload, "of-b")}}],"UnprocessedRecords":[]}""", A, B));

    [Theory]
    [InlineData("""{"Timestamp":1787230800.0,"Dimension":"usage_fee","CustomerAWSAccountId":"222222222222","LicenseArn":"LICENCE"}""")]
    [InlineData("""{"Timestamp":1.7872308E9,"Dimension":"usage_fee","CustomerAWSAccountId":"222222222222","LicenseArn":"LICENCE"}""")]
    public void An_instant_is_the_same_in_each_form_that_AWS_writes(string echo) =>
        Assert.Equal("Accepted x", Read($$"""{"Results":[{{Result(echo.Replace("LICENCE", AwsWorld.Licence, StringComparison.Ordinal), "x")}}]}""", A));

    [Theory]
    [InlineData("1787230801", "usage_fee", AwsWorld.Account, AwsWorld.Licence)]
    [InlineData("1787230800", "Usage_fee", AwsWorld.Account, AwsWorld.Licence)]
    [InlineData("1787230800", "usage_fee", "222222222223", AwsWorld.Licence)]
    [InlineData("1787230800", "usage_fee", AwsWorld.Account, "arn:aws:license-manager::111111111111:license:l-other")]
    [InlineData("\"1787230800\"", "usage_fee", AwsWorld.Account, AwsWorld.Licence)]
    public void What_is_said_of_another_record_is_not_said_of_this(string timestamp, string dimension, string account, string licence) => Assert.Equal("Unknown", Read($$"""{"Results":[{{Result($$"""{"Timestamp":{{timestamp}},"Dimension":"{{dimension}}","CustomerAWSAccountId":"{{account}}","LicenseArn":"{{licence}}"}""", "x")}}]}""", A));

    [Fact]
    public void A_legacy_record_is_recognised_even_if_AWS_adds_a_licence()
    {
        UsageRecord legacy = AwsWorld.Record(AwsWorld.Payload(5, licence: null), AwsWorld.LegacyBatch);

        Assert.Equal("Accepted x", Read($$"""{"Results":[{{Result(A.Payload, "x")}}]}""", legacy));
        Assert.Equal("Accepted x", Read($$"""{"Results":[{{Result(legacy.Payload, "x")}}]}""", legacy));
    }

    [Fact]
    public void An_answer_that_contradicts_itself_is_unknown() => Assert.Equal("Unknown", Read($$"""{"Results":[{{Result(A.Payload, "x")}}],"UnprocessedRecords":[{{A.Payload}}]}""", A));

    [Theory]
    [InlineData("""{"UsageRecord":ECHO,"Status":"Success"}""", "Unknown")] // AWS always gives an id
    [InlineData("""{"UsageRecord":ECHO,"MeteringRecordId":"","Status":"Success"}""", "Unknown")]
    [InlineData("""{"UsageRecord":ECHO,"MeteringRecordId":"x","Status":"success"}""", "Unknown")]
    [InlineData("""{"UsageRecord":ECHO,"MeteringRecordId":"x","Status":"Queued"}""", "Unknown")]
    [InlineData("""{"UsageRecord":ECHO,"MeteringRecordId":"x"}""", "Unknown")]
    [InlineData("""{"UsageRecord":ECHO,"MeteringRecordId":"x","Status":"Success","Status":"DuplicateRecord"}""", "Unknown")]
    [InlineData("""{"UsageRecord":ECHO,"Status":"DuplicateRecord"}""", "AlreadyAccepted  stored ?")]
    [InlineData("""{"UsageRecord":ECHO,"MeteringRecordId":"x","Status":"CustomerNotSubscribed"}""", "Rejected NotSubscribed CustomerNotSubscribed")]
    public void Only_documented_results_are_believed(string result, string expected) => Assert.Equal(expected, Read($$"""{"Results":[{{result.Replace("ECHO", A.Payload, StringComparison.Ordinal)}}]}""", A));

    [Fact]
    public void A_success_with_another_quantity_is_a_conflict() => Assert.Equal("Conflict 4", Read($$"""{"Results":[{{Result(AwsWorld.Payload(4), "x")}}]}""", A));

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"ok\"")]
    [InlineData("<html>a proxy speaks</html>")]
    [InlineData("""{"Results":null}""")]
    [InlineData("""{"Results":{}}""")]
    [InlineData("""{"Results":[null,1,"x",{"UsageRecord":null}]}""")]
    [InlineData("""{"__type":"ThrottlingException"}""")]
    public void A_200_that_is_not_an_answer_is_unknown(string body) => Assert.Equal("Unknown", Read(body, A));

    [Fact]
    public void Bytes_that_are_not_text_are_unknown()
    {
        byte[] body = Encoding.UTF8.GetBytes($$"""{"Results":[{{Result(A.Payload, "x").Replace("Success", "S~ccess", StringComparison.Ordinal)}}]}""");
        body[Array.IndexOf(body, (byte)'~')] = 0xFF;

        Assert.Equal("Unknown", Read(new AwsResponse(200, null, body, null), A));
    }

    [Theory]
    [InlineData("""{"Results":[{"UsageRecord":ECHO,"MeteringRecordId":"\ud800","Status":"Success"}]}""")]
    [InlineData("""{"Results":[{"UsageRecord":ECHO,"MeteringRecordId":"x","Status":"\udc00"}]}""")]
    [InlineData("""{"Results":[{"\ud800":1,"UsageRecord":ECHO,"MeteringRecordId":"x","Status":"?"}]}""")]
    public void Half_a_character_is_not_understood(string body) =>
        Assert.Equal("Unknown", Read(body.Replace("ECHO", A.Payload, StringComparison.Ordinal), A));

    [Theory]
    [InlineData(400, "ThrottlingException", "NotProcessed")]
    [InlineData(400, "com.amazonaws.marketplacemetering#ThrottlingException", "NotProcessed")]
    [InlineData(400, "ThrottlingException:http://internal.amazon.com/coral/com.amazon.coral.availability/", "NotProcessed")]
    [InlineData(400, "aws.meter#ThrottlingException:http://internal.amazon.com/x", "NotProcessed")]
    [InlineData(400, "TimestampOutOfBoundsException", "Rejected OutOfWindow TimestampOutOfBoundsException")]
    [InlineData(400, "InvalidUsageDimensionException", "Rejected UnknownDimension InvalidUsageDimensionException")]
    [InlineData(400, "InvalidLicenseException", "Rejected NotSubscribed InvalidLicenseException")]
    [InlineData(400, "InvalidCustomerIdentifierException", "Rejected NotSubscribed InvalidCustomerIdentifierException")]
    [InlineData(400, "InvalidTagException", "Rejected InvalidRecord InvalidTagException")]
    [InlineData(400, "InvalidUsageAllocationsException", "Rejected InvalidRecord InvalidUsageAllocationsException")]
    [InlineData(400, "InvalidProductCodeException", "Rejected Configuration InvalidProductCodeException")]
    [InlineData(400, "DisabledApiException", "Rejected Configuration DisabledApiException")]
    [InlineData(403, "AccessDeniedException", "Rejected Configuration AccessDeniedException")]
    [InlineData(400, "UnrecognizedClientException", "Rejected Configuration UnrecognizedClientException")]
    [InlineData(403, "InvalidSignatureException", "Rejected Configuration InvalidSignatureException")]
    [InlineData(403, "ExpiredTokenException", "Rejected Configuration ExpiredTokenException")]
    [InlineData(403, "MissingAuthenticationTokenException", "Rejected Configuration MissingAuthenticationTokenException")]
    [InlineData(400, "ValidationException", "Rejected InvalidRecord ValidationException")]
    [InlineData(500, "InternalServiceErrorException", "Unknown")]
    [InlineData(400, "InternalServiceErrorException", "Unknown")]
    [InlineData(400, "SomethingNewException", "Unknown")]
    [InlineData(400, "throttlingexception", "Unknown")]
    [InlineData(503, "ThrottlingException", "Unknown")] // a server failure, whatever it calls itself
    [InlineData(500, "InvalidUsageDimensionException", "Unknown")]
    [InlineData(302, "InvalidUsageDimensionException", "Unknown")]
    public void Each_exception_of_a_call_has_one_meaning_wherever_AWS_writes_its_name(int status, string type, string expected)
    {
        Assert.Equal($"{expected}; {expected}", Read(new AwsResponse(status, null, Encoding.UTF8.GetBytes($$"""{"__type":"{{type}}","message":"m"}"""), null), A, B));
        Assert.Equal(expected, Read(new AwsResponse(status, null, Encoding.UTF8.GetBytes($$"""{"code":"{{type}}","Message":"m"}"""), null), A));
        Assert.Equal(expected, Read(new AwsResponse(status, type, [], null), A));
    }

    [Fact]
    public void A_429_was_not_processed_whoever_said_it() =>
        Assert.Equal("NotProcessed", Read(new AwsResponse(429, null, "slow down"u8.ToArray(), null), A));

    [Theory]
    [InlineData(400)]
    [InlineData(403)]
    [InlineData(502)]
    public void A_refusal_that_is_not_AWSs_is_unknown(int status) =>
        Assert.Equal("Unknown", Read(new AwsResponse(status, null, "<html>blocked</html>"u8.ToArray(), null), A));

    [Theory]
    [InlineData(null, "this machine's clock: AWS allows 5 minutes")]
    [InlineData(0, "agrees with AWS's: the key is the likelier cause")]
    [InlineData(12, "12 min ahead of AWS's")]
    [InlineData(-7, "7 min behind AWS's")]
    public void A_refused_signature_says_how_the_clock_stands(int? minutesAhead, string expected)
    {
        AwsResponse response = new(
            403, "InvalidSignatureException", "{}"u8.ToArray(), minutesAhead is null ? null : TimeSpan.FromMinutes(minutesAhead.Value));

        MeteringReceipt.Rejected receipt = Assert.IsType<MeteringReceipt.Rejected>(AwsAnswerReader.Read([A], response, text => text)[0].Receipt);

        Assert.Contains(expected, receipt.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void What_AWS_quotes_of_a_request_is_kept_without_its_secrets()
    {
        // '/' and '+' come escaped: the redaction must see the text, not its JSON.
        AwsCredentials credentials = new(AwsWorld.AccessKey, AwsWorld.SecretKey, "to/ken+of==session");
        string body = """
            {"__type":"InvalidSignatureException","message":"The request signature does not match (to\/ken\u002bof==session).\n\nThe Canonical String for this request should have been\n'POST\n\/\n\nx-amz-security-token:to\/ken\u002bof==session'"}
            """;

        (MeteringReceipt receipt, string kept) = AwsAnswerReader.Read([A], new AwsResponse(403, null, Encoding.UTF8.GetBytes(body), null), credentials.Redact)[0];

        Assert.Equal("HTTP 403 InvalidSignatureException: The request signature does not match ([removed]).", kept);
        Assert.DoesNotContain("ken", Assert.IsType<MeteringReceipt.Rejected>(receipt).Detail.Replace("token", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public void A_flood_of_text_is_cut_before_it_is_kept()
    {
        byte[] flood = Encoding.UTF8.GetBytes(new string('x', 500_000));

        Assert.InRange(AwsAnswerReader.Read([A], new AwsResponse(502, null, flood, null), text => text)[0].Kept.Length, 100, 8000);
    }

    private static string Result(string echo, string id) => $$"""{"UsageRecord":{{echo}},"MeteringRecordId":"{{id}}","Status":"Success"}""";

    private static string Read(string body, params UsageRecord[] records) =>
        Read(new AwsResponse(200, null, Encoding.UTF8.GetBytes(body), null), records);

    private static string Read(AwsResponse response, params UsageRecord[] records) =>
        string.Join("; ", AwsAnswerReader.Read(records, response, text => text).Select(one => AwsMarketplaceMeterTests.Name(one.Receipt)));
}
