// judge.mjs AJV SCHEMA...: reads lines {"schema": N, "document": …} and answers each with true or false.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";

const [ajvFolder, ...schemas] = process.argv.slice(2);
const require = createRequire(ajvFolder + "/package.json");
const drafts = [["draft-07", "ajv"], ["2019-09", "ajv/dist/2019"], ["2020-12", "ajv/dist/2020"]];

function validator(file) {
  const schema = JSON.parse(readFileSync(file, "utf8"));
  const [, name] = drafts.find(([draft]) => schema.$schema.includes(draft));
  const Ajv = require(name).default;
  return new Ajv({ strict: false, validateFormats: false, logger: false }).compile(schema);
}

const validators = schemas.map(validator);
for await (const line of createInterface({ input: process.stdin })) {
  const { schema, document } = JSON.parse(line);
  console.log(validators[schema](document));
}
