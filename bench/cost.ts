// `npm run bench:cost`: the costs of operations at Cloudflare's list prices, as docs/operating.md shows them.
import { costTable, idleTable } from "./cost-table.ts";
import { PRICES_DATE } from "./prices.ts";

console.log(`Beyond what the plan includes, at the list prices of ${PRICES_DATE}:\n`);
console.log(costTable());
console.log(`\nWhen nothing happens:\n\n${idleTable()}`);
