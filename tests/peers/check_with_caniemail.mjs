// Reads the HTML of a mail on standard input and writes, as JSON, what some mail program does not support of it.
// usage: node check_with_caniemail.mjs FOLDER_WITH_NODE_MODULES < mail.html
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const library = join(process.argv[2], "node_modules", "caniemail", "dist", "index.js");
const { caniemail } = await import(pathToFileURL(library).href);

const clients = [
  "apple-mail.*", "fastmail.*", "gmail.*", "outlook.*", "protonmail.*", "samsung-email.*", "thunderbird.macos", "yahoo.*",
];
const found = {};
const { issues } = caniemail({ clients, html: readFileSync(0, "utf8") });
for (const [client, errors] of issues.errors) {
  for (const { title } of errors) (found[title] ??= new Set()).add(client);
}
console.log(JSON.stringify(Object.fromEntries(Object.entries(found).map(([title, held]) => [title, [...held].sort()]))));
