using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace LagoConsole.Sandbox.Aws;

/// <summary>
/// An SQS queue with what EventBridge puts into it, as AWS's own client talks to it: JSON 1.0. What is received is hidden for half a minute
/// and comes again unless it is deleted. Kept in memory. Thread safe.
/// </summary>
public sealed class AwsFulfilmentQueue(TimeProvider clock)
{
    /// <summary>Where queues stand; an account and a name follow.</summary>
    public const string Root = AwsApi.Root + "sqs/";

    private static readonly TimeSpan Hidden = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private readonly List<Message> _messages = [];

    /// <summary>Deletions are taken and forgotten: what was deleted comes again.</summary>
    public bool LosesDeletes { get; set; }

    /// <summary>Messages that were not deleted.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _messages.Count;
            }
        }
    }

    /// <summary>Puts a message into the queue.</summary>
    public void Send(string body)
    {
        lock (_gate)
        {
            _messages.Add(new Message(Guid.NewGuid(), body));
        }
    }

    /// <summary>Puts an event of the agreement service into the queue.</summary>
    /// <param name="detailType">Such as <c>License Deprovisioned - Manufacturer</c>.</param>
    /// <param name="agreementId">The agreement.</param>
    /// <param name="licenseArn">Named by events of licences only.</param>
    /// <param name="accountId">The buyer's.</param>
    /// <param name="productCode">Named by events of licences only.</param>
    /// <param name="id">The event's own id; default: a new one.</param>
    public void Tell(string detailType, string agreementId, string? licenseArn, string accountId, string? productCode, Guid? id = null)
    {
        JsonObject detail = new()
        {
            ["requestId"] = Guid.NewGuid().ToString(),
            ["catalog"] = "AWSMarketplace",
            ["agreement"] = new JsonObject { ["id"] = agreementId },
            ["acceptor"] = new JsonObject { ["accountId"] = accountId },
        };
        if (licenseArn is not null)
        {
            detail["license"] = new JsonObject { ["arn"] = licenseArn };
            detail["product"] = new JsonObject { ["code"] = productCode, ["id"] = "prod-example" };
        }

        Send(new JsonObject
        {
            ["version"] = "0",
            ["id"] = (id ?? Guid.NewGuid()).ToString(),
            ["detail-type"] = detailType,
            ["source"] = "aws.agreement-marketplace",
            ["account"] = "111111111111",
            ["time"] = clock.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
            ["region"] = "us-east-1",
            ["resources"] = new JsonArray($"arn:aws:aws-marketplace::aws:agreement:{agreementId}"),
            ["detail"] = detail,
        }.ToJsonString());
    }

    internal SandboxResponse Answer(SandboxRequest request)
    {
        if (request.Header("Authorization")?.Contains("/sqs/aws4_request", StringComparison.Ordinal) != true)
        {
            return Json(403, new JsonObject { ["__type"] = "com.amazonaws.sqs#AccessDeniedException", ["message"] = "The request is not signed for SQS." });
        }

        JsonNode body = JsonNode.Parse(request.Body.Span) ?? new JsonObject();
        lock (_gate)
        {
            return request.Header("X-Amz-Target") switch
            {
                "AmazonSQS.ReceiveMessage" => Receive((int?)body["MaxNumberOfMessages"] ?? 1),
                "AmazonSQS.DeleteMessageBatch" => Delete((JsonArray)body["Entries"]!),
                _ => Json(400, new JsonObject { ["__type"] = "com.amazonaws.sqs#UnsupportedOperation", ["message"] = "The sandbox's queue cannot do that." }),
            };
        }
    }

    private SandboxResponse Receive(int most)
    {
        DateTimeOffset now = clock.GetUtcNow();
        JsonArray shown = [];
        foreach (Message message in _messages.Where(message => message.HiddenUntil <= now).Take(most).ToArray())
        {
            message.HiddenUntil = now + Hidden;
            shown.Add(new JsonObject
            {
                ["MessageId"] = message.Id.ToString(),
                ["ReceiptHandle"] = message.Id.ToString("N"),
#pragma warning disable CA5351 // SQS's own checksum
                ["MD5OfBody"] = Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(message.Body))),
#pragma warning restore CA5351
                ["Body"] = message.Body,
            });
        }

        return Json(200, new JsonObject { ["Messages"] = shown });
    }

    private SandboxResponse Delete(JsonArray entries)
    {
        JsonArray done = [];
        foreach (JsonNode? entry in entries)
        {
            string receipt = (string?)entry!["ReceiptHandle"] ?? "";
            if (!LosesDeletes)
            {
                _messages.RemoveAll(message => message.Id.ToString("N") == receipt);
            }

            done.Add(new JsonObject { ["Id"] = (string?)entry["Id"] });
        }

        return Json(200, new JsonObject { ["Successful"] = done, ["Failed"] = new JsonArray() });
    }

    private static SandboxResponse Json(int status, JsonObject body) => new(status, "application/x-amz-json-1.0", Encoding.UTF8.GetBytes(body.ToJsonString()));

    private sealed class Message(Guid id, string body)
    {
        public Guid Id { get; } = id;

        public string Body { get; } = body;

        public DateTimeOffset HiddenUntil { get; set; }
    }
}
