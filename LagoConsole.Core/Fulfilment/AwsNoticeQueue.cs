using Amazon.Runtime;
using Amazon.SQS;
using Amazon.SQS.Model;
using LagoConsole.Core.Products;
using LagoConsole.Core.Reporting.Aws;
using LagoConsole.Core.Sandbox;
using Microsoft.Extensions.Options;

namespace LagoConsole.Core.Fulfilment;

/// <summary>An SQS queue that EventBridge fills, by AWS's own client.</summary>
/// <param name="http">Null for the client's own connections.</param>
public sealed class AwsNoticeQueue(
    AwsCredentialSource credentialSource, ISandboxDoor sandbox, IOptions<AwsNoticeOptions> options, IOptions<AwsOptions> patience, HttpClientFactory? http = null)
    : INoticeQueue
{
    /// <summary>SQS's limit for one call.</summary>
    private const int MostMessages = 10;

    public Marketplace Marketplace => Marketplace.Aws;

    /// <summary>Beside a sandbox no real queue is read.</summary>
    public bool IsConfigured => options.Value.NoticesQueueUrl is { } queue && (!sandbox.IsOpen || queue.Host == sandbox.AwsEndpoint(AwsRegions.Default).Host);

    public async Task<QueueAnswer> ReceiveAsync(Guid productId, CancellationToken cancellationToken)
    {
        List<QueuedNotice> notices = [];
        string? problem = await AskAsync(
            productId,
            async (client, queue) =>
            {
                ReceiveMessageResponse answer = await client.ReceiveMessageAsync(
                    new ReceiveMessageRequest { QueueUrl = queue, MaxNumberOfMessages = MostMessages, WaitTimeSeconds = 0 }, cancellationToken);
                notices.AddRange((answer.Messages ?? []).Select(message => new QueuedNotice(message.ReceiptHandle, message.MessageId, message.Body)));
                return null;
            },
            cancellationToken);
        return problem is null ? new QueueAnswer.Received(notices) : new QueueAnswer.Failed(problem);
    }

    public Task<string?> DeleteAsync(Guid productId, IReadOnlyList<QueuedNotice> notices, CancellationToken cancellationToken) => AskAsync(
        productId,
        async (client, queue) =>
        {
            DeleteMessageBatchResponse answer = await client.DeleteMessageBatchAsync(
                new DeleteMessageBatchRequest
                {
                    QueueUrl = queue,
                    Entries = [.. notices.Select((notice, number) => new DeleteMessageBatchRequestEntry
                    {
                        Id = number.ToString(System.Globalization.CultureInfo.InvariantCulture),
                        ReceiptHandle = notice.Receipt,
                    })],
                },
                cancellationToken);
            return answer.Failed is { Count: > 0 } failed
                ? $"SQS did not delete {failed.Count} of {notices.Count} notices ({failed[0].Code}). They come again and change nothing."
                : null;
        },
        cancellationToken);

    private async Task<string?> AskAsync(Guid productId, Func<AmazonSQSClient, string, Task<string?>> ask, CancellationToken cancellationToken)
    {
        Uri queue = options.Value.NoticesQueueUrl ?? throw new InvalidOperationException("Aws:NoticesQueueUrl is not set.");
        switch (await credentialSource.FindAsync(productId, cancellationToken))
        {
            case AwsCredentialAnswer.Missing missing:
                return $"{missing.Problem}, so SQS was not asked. {missing.Remedy}";
            case AwsCredentialAnswer.Found { Credentials: var keys }:
                try
                {
                    using AmazonSQSClient client = Open(keys, queue);
                    return await ask(client, queue.AbsoluteUri);
                }
                catch (AmazonServiceException refused) when (refused.ErrorCode is { Length: > 0 } code)
                {
                    return $"SQS refused ({code}). The console's AWS credentials need sqs:ReceiveMessage and sqs:DeleteMessage on the queue of Aws:NoticesQueueUrl. Its notices stay there.";
                }
                catch (Exception failure) when (failure is AmazonServiceException or AmazonClientException or HttpRequestException or IOException
                    || (failure is OperationCanceledException && !cancellationToken.IsCancellationRequested))
                {
                    return $"SQS could not be asked: check the way to {queue.Host}. The notices stay there.";
                }

            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private AmazonSQSClient Open(AwsCredentials keys, Uri queue)
    {
        AWSCredentials given = keys.SessionToken is { } token
            ? new SessionAWSCredentials(keys.AccessKeyId, keys.SecretAccessKey, token)
            : new BasicAWSCredentials(keys.AccessKeyId, keys.SecretAccessKey);
        return new AmazonSQSClient(given, new AmazonSQSConfig
        {
            ServiceURL = new Uri(queue, "../").AbsoluteUri, // https://sqs.us-east-1.amazonaws.com/ of …/111111111111/queue
            AuthenticationRegion = queue.Host.Split('.') is ["sqs", var region, ..] ? region : AwsRegions.Default,
            Timeout = patience.Value.RequestTimeout,
            MaxErrorRetry = 1,
            HttpClientFactory = http,
        });
    }
}
