// The main job of the README, with three buyers and a day of usage: billed, waiting and refused money.
const licence = "arn:aws:license-manager::111111111111:license:l-";
const purchases = `buyer name,product name,AWS account ID,license ARN
Acme Corporation,Vendor Platform,222222222222,${licence}0123456789abcdef0123456789abcdef
Globex Inc,Vendor Platform,333333333333,${licence}fedcba9876543210fedcba9876543210
Stark Industries,Vendor Platform,555555555555,${licence}00000000000000000000000000000000
`;
const customers = `buyer name,Lago Customer ID
Acme Corporation,cus_acme
Globex Inc,globex.example
Stark Industries,Stark Industries
`;

export async function fill(person) {
  await connect(person);
  await sell(person);
  await enter(person);
  await switchOn(person);
  await person.go("/sandbox");
  await person.pass("+1 hour");
  for (let hour = 0; hour < 3; hour++) {
    await send(person, "acme-staging", 2000);
    await person.pass("+1 hour");
  }
  await person.pass("+1 day");

  // From 10,000 calls on each costs less: the total falls, and nothing is reported until it passes what was counted.
  await send(person, "acme-staging", 400);
  for (let hour = 0; hour < 4; hour++) {
    await person.pass("+1 hour");
  }
}

async function send(person, subscription, units) {
  await person.page.locator(`[aria-label="Units for ${subscription}"]`).fill(String(units));
  await person.page.keyboard.press("Tab"); // the page hears of it when it is left
  await new Promise((resolve) => setTimeout(resolve, 500));
  await person.press(`Send units to ${subscription}`);
  await new Promise((resolve) => setTimeout(resolve, 500));
}

async function connect(person) {
  await person.go("/integrations");
  await person.press("Connect");
  await person.press("Use the sandbox's key", ".mud-dialog");
  await person.end("Connect");
  await person.press("VERIFY");
  await person.see("Verified: Lago answers");
}

async function sell(person) {
  await person.go("/products");
  await person.press("New product");
  await person.type("Name", "Vendor Platform");
  await person.end("Create");
  await person.press("Add dimension");
  await person.type("Dimension key", "usage_fee");
  await person.type("Name", "Usage");
  await person.type("Unit price", "0.01");
  await person.end("Add");
  for (const metric of ["api_calls", "seats"]) {
    await person.press("Add conversion");
    await person.pick("Lago metric", metric);
    await person.end("Add");
  }
}

async function enter(person) {
  await person.go("/buyers/import");
  await paste(person, purchases);
  await person.press("Import");
  await person.see("Imported: 3 new buyers");
  await person.go("/buyers/map");
  await paste(person, customers);
  await person.see("Choose from where their usage is billed");
  await person.page.locator("main ::-p-text(From zero: the present period so far is billed)").click();
  await person.see("of the present amounts is billed");
  await person.press("Save 3 links");
  await person.see("3 links saved.");
}

async function paste(person, text) {
  await person.page.locator("#import-text").fill(text);
  await person.press("Preview");
}

async function switchOn(person) {
  await person.go("/integrations");
  await person.press("Edit");
  await person.switch("Enable Auto Report Usage", ".mud-dialog");
  await person.press("Save", ".mud-dialog");
  await person.page.waitForSelector("#edit-report-it");
  await person.end("Report it");
}
