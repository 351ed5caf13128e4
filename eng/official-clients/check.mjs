// Runs the official clients of Lago and AWS Marketplace, as they are published, against the sandbox of a running
// console: the calls that the console makes must work for them unchanged, and what the real services refuse must be
// refused. Usage: node check.mjs http://127.0.0.1:5000

import assert from "node:assert/strict";
import {
  BatchMeterUsageCommand,
  MarketplaceMeteringClient,
  ResolveCustomerCommand,
} from "@aws-sdk/client-marketplace-metering";
import { Client } from "lago-javascript-client";

const base = process.argv[2]?.replace(/\/+$/, "");
if (!base) {
  console.error("Usage: node check.mjs <base URL of a running console>");
  process.exit(2);
}

let failed = 0;

async function check(name, body) {
  try {
    await body();
    console.log(`ok      ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`FAILED  ${name}\n        ${error?.stack ?? JSON.stringify(error?.error ?? error)}`);
  }
}

const ready = await (await fetch(`${base}/sandbox/credentials`)).json();

// The sandbox's time, which may be ahead of this machine's.
const sandboxNow = async () => {
  const answer = await fetch(`${ready.lagoApiUrl}/organizations`, {
    headers: { Authorization: `Bearer ${ready.lagoApiKey}` },
  });
  return new Date(answer.headers.get("date"));
};

const lago = Client(ready.lagoApiKey, { baseUrl: ready.lagoApiUrl });
const customerId = "initech/emea";
const subscriptionId = "initech-1";

await check("Lago: organization", async () => {
  const { data } = await lago.organizations.findOrganization();
  assert.equal(data.organization.name, "Sandbox Vendor");
});

await check("Lago: customers, by page and by search", async () => {
  const { data } = await lago.customers.findAllCustomers({ page: 1, per_page: 3 });
  assert.equal(data.customers.length, 3);
  assert.equal(data.meta.next_page, 2);
  const found = await lago.customers.findAllCustomers({ search_term: "globex" });
  assert.equal(found.data.customers[0].external_id, "globex.example");
});

await check("Lago: a customer", async () => {
  const { data } = await lago.customers.findCustomer("cus_acme");
  assert.equal(data.customer.external_id, "cus_acme");
});

await check("Lago: subscriptions of the organization and of a customer", async () => {
  const all = await lago.subscriptions.findAllSubscriptions({ "status[]": ["active", "terminated"], per_page: 100 });
  assert.ok(all.data.subscriptions.some((row) => row.status === "terminated"));
  const own = await lago.customers.findAllCustomerSubscriptions("cus_acme", {});
  assert.ok(own.data.subscriptions.every((row) => row.external_customer_id === "cus_acme"));
});

await check("Lago: a subscription with its plan's charges", async () => {
  const { data } = await lago.subscriptions.findSubscription("acme-prod");
  assert.ok(data.subscription.plan.charges.length > 0);
});

await check("Lago: billable metrics", async () => {
  const { data } = await lago.billableMetrics.findAllBillableMetrics({ per_page: 100 });
  assert.ok(data.billable_metrics.some((metric) => metric.code === "api_calls"));
  const one = await lago.billableMetrics.findBillableMetric("seats");
  assert.equal(one.data.billable_metric.recurring, true);
});

await check("Lago: an event moves current usage", async () => {
  const query = { external_subscription_id: "acme-prod", apply_taxes: false };
  const amount = async () => {
    const { data } = await lago.customers.findCustomerCurrentUsage("cus_acme", query);
    return data.customer_usage.charges_usage.find((line) => line.billable_metric.code === "api_calls").amount_cents;
  };
  const before = await amount();
  const { data } = await lago.events.createEvent({
    event: { transaction_id: crypto.randomUUID(), external_subscription_id: "acme-prod", code: "api_calls" },
  });
  assert.equal(data.event.code, "api_calls");
  assert.ok((await amount()) >= before + 2);
});

await check("Lago: current usage of a customer with a slash in its id", async () => {
  // The client puts ids into the path as they are; callers encode them.
  const { data } = await lago.customers.findCustomerCurrentUsage(encodeURIComponent(customerId), {
    external_subscription_id: subscriptionId,
  });
  assert.equal(data.customer_usage.currency, "EUR");
});

await check("Lago: past usage and its invoice", async () => {
  const { data } = await lago.customers.findAllCustomerPastUsage("cus_acme", { external_subscription_id: "acme-prod" });
  const period = data.usage_periods[0];
  const { data: answer } = await lago.invoices.findInvoice(period.lago_invoice_id);
  assert.equal(answer.invoice.billing_periods[0].invoicing_reason, "subscription_periodic");
  assert.equal(answer.invoice.fees_amount_cents, period.amount_cents);
});

await check("Lago: a wrong key is 401, an unknown customer 404, no subscription 405", async () => {
  const status = async (call) => {
    try {
      await call();
    } catch (error) {
      return error.status;
    }
    return 200;
  };
  const stranger = Client("wrong", { baseUrl: ready.lagoApiUrl });
  const usage = (id) => lago.customers.findCustomerCurrentUsage(id, { external_subscription_id: "nothing" });
  assert.equal(await status(() => stranger.organizations.findOrganization()), 401);
  assert.equal(await status(() => usage("nobody")), 404);
  assert.equal(await status(() => usage("cus_acme")), 405);
});

const aws = (secretAccessKey = ready.awsSecretAccessKey) =>
  new MarketplaceMeteringClient({
    region: "us-east-1",
    endpoint: `${ready.awsEndpoint}us-east-1/`,
    credentials: { accessKeyId: ready.awsAccessKeyId, secretAccessKey },
  });
const now = await sandboxNow();
const hour = 3_600_000;
const slot = new Date(Math.floor(now / hour) * hour - hour);
const agreement = ready.agreements[0];
const record = (more = {}) => ({
  Timestamp: slot,
  Dimension: "usage_fee",
  Quantity: 1250,
  CustomerAWSAccountId: agreement.customerAwsAccountId,
  LicenseArn: agreement.licenseArn,
  ...more,
});
const meter = (records, client = aws()) => client.send(new BatchMeterUsageCommand({ UsageRecords: records }));
const refused = async (name, records, client) =>
  assert.rejects(() => meter(records, client), (error) => error.name === name || assert.fail(`${error.name}: ${error.message}`));

await check("AWS: a record is taken, once", async () => {
  const first = await meter([record()]);
  assert.equal(first.Results[0].Status, "Success");
  const second = await meter([record({ Quantity: 1300 })]);
  assert.equal(second.Results[0].Status, "DuplicateRecord");
  assert.equal(second.Results[0].UsageRecord.Quantity, 1300);
  const bill = await (await fetch(`${base}/sandbox/aws/bill`)).json();
  const taken = bill.records.filter((row) => new Date(row.timestamp).getTime() === slot.getTime());
  assert.deepEqual(taken.map((row) => row.quantity), [1250]);
});

await check("AWS: 26 records are refused", () =>
  refused("ValidationException", Array.from({ length: 26 }, () => record())));

await check("AWS: a quantity of 1.5 is refused", () => refused("SerializationException", [record({ Quantity: 1.5 })]));

await check("AWS: a record 25 hours old is refused", () =>
  refused("TimestampOutOfBoundsException", [record({ Timestamp: new Date(now - 25 * hour) })]));

await check("AWS: an unknown dimension is refused", () =>
  refused("InvalidUsageDimensionException", [record({ Dimension: "Usage_Fee" })]));

await check("AWS: a bad signature is refused", () =>
  refused("InvalidSignatureException", [record()], aws("another secret")));

await check("AWS: a registration token names its buyer", async () => {
  const address = `${base}/sandbox/aws/registration-token?licenseArn=${encodeURIComponent(agreement.licenseArn)}`;
  const { registrationToken } = await (await fetch(address, { method: "POST" })).json();
  const buyer = await aws().send(new ResolveCustomerCommand({ RegistrationToken: registrationToken }));
  assert.equal(buyer.CustomerAWSAccountId, agreement.customerAwsAccountId);
  assert.equal(buyer.LicenseArn, agreement.licenseArn);
});

console.log(failed === 0 ? "The official clients work unchanged." : `${failed} checks failed.`);
process.exit(failed === 0 ? 0 : 1);
