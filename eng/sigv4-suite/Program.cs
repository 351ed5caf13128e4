// Signs each request of AWS's general Signature Version 4 suite with the console's signer, and compares canonical request, text to
// sign and Authorization header with what the suite says. Usage: sigv4-suite <aws-sigv4-test-suite.json>

using System.Text;
using System.Text.Json;
using LagoConsole.Core.Reporting.Aws;

using JsonDocument suite = JsonDocument.Parse(File.ReadAllText(args.Single()));
JsonElement about = suite.RootElement.GetProperty("_about");
string instant = Text(about, "date");
string scope = $"{instant[..8]}/{Text(about, "region")}/{Text(about, "service")}/aws4_request";
AwsCredentials credentials = new(Text(about, "accessKeyId"), Text(about, "secretAccessKey"));

int equal = 0;
int different = 0;
foreach (JsonProperty entry in suite.RootElement.GetProperty("cases").EnumerateObject())
{
    string[] differences = [.. Differences(entry.Value)];
    equal += differences.Length == 0 ? 1 : 0;
    different += differences.Length == 0 ? 0 : 1;
    Console.WriteLine(differences.Length == 0 ? $"ok      {entry.Name}" : $"FAILED  {entry.Name}\n{string.Join('\n', differences)}");
}

Console.WriteLine($"{equal} of {equal + different} cases agree.");
return different == 0 && equal > 0 ? 0 : 1;

IEnumerable<string> Differences(JsonElement expected)
{
    Request request = Request.Parse(Text(expected, "req"));

    // The suite's request is what comes before signing: the signer adds the token of temporary credentials, which only the result shows.
    string? token = Text(expected, "creq").Split('\n').FirstOrDefault(line => line.StartsWith("x-amz-security-token:", StringComparison.Ordinal));
    IEnumerable<KeyValuePair<string, string>> headers = request.Headers;
    if (token is not null && !headers.Any(header => header.Key.Equals("X-Amz-Security-Token", StringComparison.OrdinalIgnoreCase)))
    {
        headers = headers.Append(new KeyValuePair<string, string>("X-Amz-Security-Token", token.Split(':', 2)[1]));
    }

    CanonicalRequest canonical = SignatureV4.Canonical(request.Method, request.Path, request.Query, headers, Encoding.UTF8.GetBytes(request.Body));
    string textToSign = SignatureV4.TextToSign(instant, scope, canonical);
    string authorization = SignatureV4.Authorization(credentials, scope, canonical, textToSign);
    foreach ((string what, string ours) in ((string, string)[])[("creq", canonical.Text), ("sts", textToSign), ("authz", authorization)])
    {
        if (ours != Text(expected, what))
        {
            yield return $"{what} expected:\n{Text(expected, what)}\n{what} signed:\n{ours}";
        }
    }
}

static string Text(JsonElement parent, string name) => parent.GetProperty(name).GetString()!;

/// <summary>A request as the suite writes it: request line, headers, of which one may go on in further lines, and a body.</summary>
internal sealed record Request(string Method, string Path, string Query, IReadOnlyList<KeyValuePair<string, string>> Headers, string Body)
{
    public static Request Parse(string text)
    {
        string[] parts = text.Split("\n\n", 2);
        string[] lines = parts[0].Split('\n', StringSplitOptions.RemoveEmptyEntries);
        int target = lines[0].IndexOf(' ', StringComparison.Ordinal) + 1;
        string[] address = lines[0][target..lines[0].LastIndexOf(' ')].Split('?', 2); // a path of the suite holds a space
        List<KeyValuePair<string, string>> headers = [];
        foreach (string line in lines[1..])
        {
            if (char.IsWhiteSpace(line[0]))
            {
                headers[^1] = new(headers[^1].Key, $"{headers[^1].Value}\n{line}");
                continue;
            }

            string[] header = line.Split(':', 2);
            headers.Add(new(header[0], header[1]));
        }

        return new Request(lines[0][..(target - 1)], address[0], address.Length == 2 ? address[1] : "", headers, parts.Length == 2 ? parts[1] : "");
    }
}
